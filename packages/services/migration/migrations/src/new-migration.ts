import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { listFiles, shownPath } from './files/list-files.ts';
import type { MigrationFile } from './files/migration-file.ts';
import { nearestPackage } from './knex/nearest-package.ts';
import type { MigrationSettings } from './settings.ts';

export interface NewMigrationInput extends MigrationSettings {
  /** What it does, in words; becomes part of the file's name. */
  name: string;
  /** Default: like those that are there: js where the newest program is one, sql where there is none; ts in an empty directory. */
  format?: 'ts' | 'js' | 'sql' | undefined;
  /** Only say which file it would be. */
  dryRun?: boolean | undefined;
  /** For tests; default: now. */
  at?: Date | undefined;
}

/**
 * Writes a migration from a template into the last directory, as knex does,
 * and returns its path relative to the project. Never overwrites. JavaScript
 * is written as stock knex loads it there: like its newest neighbour, else as
 * the nearest package.json says.
 *
 * @throws OpsError MIGRATION_NAME (64), MIGRATION_EXISTS (73), CANNOT_CREATE (73)
 */
export async function newMigration(input: NewMigrationInput): Promise<string> {
  const words = input.name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  if (words === '' || words.length > 200) {
    throw new OpsError({
      code: 'MIGRATION_NAME',
      exit: 'usage',
      message: `"${input.name}" cannot become a file name`,
      hint: 'say what the migration does: add_email_to_users',
    });
  }
  const directory = input.directories.at(-1)!;
  const stem = `${stamp(input.at ?? new Date())}_${words}`;
  const exists = (): OpsError =>
    new OpsError({
      code: 'MIGRATION_EXISTS',
      exit: 'cannotCreate',
      message: `a migration named ${stem} already exists`,
      hint: 'wait a second, or choose another name',
    });
  let path = join(directory, stem);
  try {
    const { files } = await listFiles(input);
    const { extension, template } = chooseTemplate(input, directory, files);
    path += extension;
    if (files.some((file) => file.stem === stem)) throw exists();
    if (input.dryRun) return shownPath(input, path);
    await mkdir(directory, { recursive: true });
    await writeFile(path, template, { flag: 'wx' });
  } catch (cause) {
    if (cause instanceof OpsError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw exists();
    throw new OpsError({
      code: 'CANNOT_CREATE',
      exit: 'cannotCreate',
      message: `${shownPath(input, path)} cannot be written: ${message}`,
      hint: 'check the directory and its permissions',
      cause,
    });
  }
  return shownPath(input, path);
}

function chooseTemplate(
  { format }: NewMigrationInput,
  directory: string,
  files: readonly MigrationFile[],
): { extension: string; template: string } {
  const beside = files.filter(({ path }) => dirname(path) === directory);
  const newest = beside.findLast(({ kind }) => kind === 'knex');
  const written = newest === undefined ? undefined : extname(newest.name);
  const isScript = written !== undefined && written !== '.ts';
  const isSql = newest === undefined && beside.length > 0;
  if (format === 'sql' || (format === undefined && isSql)) return { extension: '.sql', template: sqlTemplate };
  if (format === 'ts' || (format === undefined && !isScript)) return { extension: '.ts', template: tsTemplate };
  const extension = isScript ? written : '.js';
  const isModule =
    extension === '.mjs' ||
    (extension === '.js' &&
      (newest !== undefined && extension === written
        ? /^\s*export\b/m.test(newest.bytes.toString('utf8'))
        : nearestPackage(directory)?.isModule === true));
  return { extension, template: isModule ? moduleTemplate : commonJsTemplate };
}

/** 20250131235959, in UTC, as knex names its files. */
function stamp(at: Date): string {
  return at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
}

const sqlTemplate = `-- migrate:up


-- migrate:down

`;

const tsTemplate = `import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
}

export async function down(knex: Knex): Promise<void> {
}
`;

const moduleTemplate = `export async function up(knex) {
}

export async function down(knex) {
}
`;

const commonJsTemplate = `exports.up = async (knex) => {
};

exports.down = async (knex) => {
};
`;
