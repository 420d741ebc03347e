import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { defaultExtensions, type MigrationSettings } from '../settings.ts';
import { leaveOutReadFiles } from './leave-out-read-files.ts';
import type { FileProblem, MigrationFile } from './migration-file.ts';

interface Found {
  directory: string;
  name: string;
}

/** The migration files of all directories in their order, and what is wrong with some. */
export async function listFiles(
  settings: MigrationSettings,
): Promise<{ files: MigrationFile[]; problems: FileProblem[] }> {
  const problems: FileProblem[] = [];
  const report = (path: string, message: string, hint: string): void =>
    void problems.push({ path: shownPath(settings, path), message, hint });
  const listed = await Promise.all(settings.directories.map((directory) => listDirectory(settings, directory, report)));
  const found = settings.sortDirsSeparately
    ? listed.flatMap((names) => names.toSorted(byName))
    : listed.flat().toSorted(byName);
  const files = found.map((file) => readMigration(file, report)).filter((file) => file !== undefined);
  const note: Report = (path, message, hint) =>
    void problems.push({ path: shownPath(settings, path), message, hint, isNotice: true });
  const migrations = leaveOutReadFiles(files, note);
  const source = settings.knex?.source;
  if (source === undefined) return { files: migrations, problems };
  const { askSource } = await import('../knex/ask-source.ts');
  return { files: await askSource(settings, source, migrations, report), problems };
}

/** How a path is shown to people: relative to the project when it is inside. */
export function shownPath(settings: MigrationSettings, path: string): string {
  const inside = relative(settings.projectRoot, path);
  return inside.startsWith('..') ? path : inside;
}

type Report = (path: string, message: string, hint: string) => void;

async function listDirectory(settings: MigrationSettings, directory: string, report: Report): Promise<Found[]> {
  const extensions = settings.loadExtensions ?? defaultExtensions;
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const wanted = entries.filter(({ name }) => extensions.includes(extname(name)) && !name.endsWith('.d.ts'));
    const usable = await Promise.all(
      wanted.map(
        async (entry) => !entry.isSymbolicLink() || (await staysInside(settings, directory, entry.name, report)),
      ),
    );
    return wanted.filter((_, index) => usable[index]).map(({ name }) => ({ directory, name }));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT')
      report(
        directory,
        'this directory of migrations does not exist',
        'create it, or correct migrations.directories in the configuration',
      );
    else if (code === 'ENOTDIR')
      report(directory, 'is not a directory', 'correct migrations.directories in the configuration');
    else report(directory, `cannot be read (${code})`, 'check its permissions');
    return [];
  }
}

/** A link may lead to another file of the project or of its directory, not out of them. */
async function staysInside(
  settings: MigrationSettings,
  directory: string,
  name: string,
  report: Report,
): Promise<boolean> {
  const path = join(directory, name);
  try {
    const target = await realpath(path);
    const homes = await Promise.all([settings.projectRoot, directory].map((home) => realpath(home)));
    if (homes.some((home) => target.startsWith(home + sep))) return true;
    report(path, `is a link that leads outside the project, to ${target}`, 'copy the file into the project');
  } catch {
    report(path, 'is a link that leads nowhere', 'remove it, or restore the file');
  }
  return false;
}

/** Read at once: for many small files that takes a sixth of the time of as many promises. */
function readMigration({ directory, name }: Found, report: Report): MigrationFile | undefined {
  const path = join(directory, name);
  try {
    const bytes = readFileSync(path);
    const kind = extname(name) === '.sql' ? 'sql' : 'knex';
    return { stem: stemOf(name), name, recordedAs: name, path, kind, bytes, sha256: hash('sha256', bytes) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') report(path, 'is a directory with the name of a migration', 'rename it');
    else report(path, `cannot be read (${code})`, 'check its permissions');
    return undefined;
  }
}

export function stemOf(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

/** knex's order: by code units, stable between directories. */
function byName(one: Found, other: Found): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}
