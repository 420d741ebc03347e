import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { type ConnectionSettings, type Session, withSession } from '@opsgraph/postgres';
import { loadingSettings, loadSchema, type ObjectKind, readSchema, renderSchema, type Schema } from '@opsgraph/schemas';
import { diffLines } from '../diff-lines.ts';
import { layoutDigest } from '../files/layout.ts';
import { shownPath } from '../files/list-files.ts';
import type { MigrationSettings } from '../settings.ts';
import { readState } from '../state/read-state.ts';
import { withSettings } from '../state/session-settings.ts';
import { projectScope, schemaOf } from './on-scratch.ts';

export interface WrittenSchema {
  /** Relative to the project. */
  path: string;
  /** Whether the file says what it should. */
  isCurrent: boolean;
  /** From what the file said to what it should say. */
  difference: string[];
}

/** What all migrations together make of an empty database. */
export async function schemaOfMigrations(scratch: ConnectionSettings, settings: MigrationSettings): Promise<Schema> {
  return withSession(scratch, (session) => schemaOf(session, settings, (files) => files));
}

/** What the target has; `without` names tables that are left out. */
export async function schemaOfTarget(
  session: Session,
  given: MigrationSettings,
  without: readonly string[] = [],
): Promise<Schema> {
  return withSettings(session, given, async (settings) => {
    const { withoutTables = [], ...scope } = projectScope(await readState(session, settings));
    const live = await readSchema(session, { ...scope, withoutTables: [...withoutTables, ...without] });
    // What comes with the environment is for roles of other names in each.
    return live.filter(({ standing }) => standing === undefined);
  });
}

/** For reading and comparing. */
export function asText(schema: Schema): string {
  return `-- Written by \`pnpm --filter migration run schema\`; for reading and comparing.\n\n${renderSchema(schema)}`;
}

/**
 * As an SQL migration, in an order that is found by making it all in an empty
 * database. Owners and privileges are left out: their roles are other ones in
 * each environment.
 *
 * @throws OpsError SCHEMA_NOT_LOADABLE (1)
 */
export async function asMigration(scratch: ConnectionSettings, schema: Schema): Promise<string> {
  const ofRoles: ObjectKind[] = ['owner', 'privilege', 'default privilege', 'user mapping'];
  const wanted = schema.filter(({ kind }) => !ofRoles.includes(kind));
  const { statements, notLoaded } = await withSession(scratch, (session) => loadSchema(session, wanted));
  if (notLoaded.length > 0)
    throw new OpsError({
      code: 'SCHEMA_NOT_LOADABLE',
      exit: 'failed',
      message: `${notLoaded.length} objects could not be made in an empty database; nothing was written`,
      hint: 'see what each needs: an extension that only a superuser creates (DATABASE_ADMIN_URL), or a table of --without',
      problems: notLoaded.map(({ kind, name, reason }) => `${kind} ${name}: ${reason}`),
    });
  const lines = [loadingSettings, ...statements].map((sql) =>
    // What the server or the configuration may have brought there already.
    sql
      .replace(/^CREATE (SCHEMA|EXTENSION) (?!IF NOT EXISTS)/, 'CREATE $1 IF NOT EXISTS ')
      .replace(/( -- INVALID)?$/, ';'),
  );
  return `-- migrate:up\n${lines.join('\n')}\n`;
}

/**
 * Compares a file with what it should say, and writes it unless `isCheck`.
 *
 * @throws OpsError CANNOT_CREATE (73)
 */
export async function writeSchema(
  settings: Pick<MigrationSettings, 'projectRoot' | 'directories'>,
  file: string,
  text: string,
  isCheck: boolean,
): Promise<WrittenSchema> {
  const path = shownPath(settings, file);
  try {
    const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const isCurrent = layoutDigest('sql', before) === layoutDigest('sql', text);
    if (!isCurrent && !isCheck) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    return { path, isCurrent, difference: isCurrent ? [] : await diffLines(before, text) };
  } catch (cause) {
    throw new OpsError({
      code: 'CANNOT_CREATE',
      exit: 'cannotCreate',
      message: `${path} cannot be written: ${(cause as Error).message}`,
      hint: 'check the directory and its permissions, or choose another --file',
      cause,
    });
  }
}
