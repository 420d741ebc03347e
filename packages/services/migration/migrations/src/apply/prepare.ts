import { OpsError } from '@opsgraph/errors';
import { decodeText } from '../files/decode.ts';
import { shownPath } from '../files/list-files.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { isLoadProblem, type KnexMigration, loadMigration } from '../knex/load-migration.ts';
import type { MigrationSettings } from '../settings.ts';
import { parseSqlMigration, type SqlMigration } from '../sql/parse-sql-migration.ts';

/** A migration that was read and found usable. */
export type Prepared = { file: MigrationFile } & (
  | { kind: 'sql'; sql: SqlMigration }
  | { kind: 'knex'; knex: KnexMigration; transaction: boolean }
);

/** What keeps a file from being used. */
export interface Unusable {
  /** Relative to the project, with the line if there is one. */
  place: string;
  message: string;
  hint: string;
}

/**
 * Reads all files that will run before the first one runs.
 *
 * @throws OpsError MIGRATION_INVALID (65) with every problem
 */
export async function prepare(settings: MigrationSettings, files: readonly MigrationFile[]): Promise<Prepared[]> {
  const { prepared, unusable } = await tryToPrepare(settings, files);
  const problems = unusable.map(({ place, message, hint }) => `${place}: ${message} (${hint})`);
  if (problems.length > 0) {
    throw new OpsError({
      code: 'MIGRATION_INVALID',
      exit: 'badData',
      message: problems.length === 1 ? 'a migration cannot be used' : `${problems.length} problems in migrations`,
      hint: 'nothing was applied; correct the files and run the same command again',
      problems,
    });
  }
  return prepared;
}

/** The same, with the problems as they are. */
export async function tryToPrepare(
  settings: MigrationSettings,
  files: readonly MigrationFile[],
): Promise<{ prepared: Prepared[]; unusable: Unusable[] }> {
  const unusable: Unusable[] = [];
  const prepared: Prepared[] = [];
  for (const file of files) {
    const report: Report = (line, message, hint) =>
      void unusable.push({
        place: `${shownPath(settings, file.path)}${line === undefined ? '' : `:${line}`}`,
        message,
        hint,
      });
    const one = file.kind === 'sql' ? prepareSql(file, report) : await prepareKnex(settings, file, report);
    if (one !== undefined) prepared.push(one);
  }
  return { prepared, unusable };
}

type Report = (line: number | undefined, message: string, hint: string) => void;

function prepareSql(file: MigrationFile, report: Report): Prepared | undefined {
  const decoded = decodeText(file.bytes);
  if (!('text' in decoded)) {
    report(decoded.line, decoded.message, 'save the file as UTF-8 text');
    return undefined;
  }
  const parsed = parseSqlMigration(decoded.text);
  if (!Array.isArray(parsed)) return { file, kind: 'sql', sql: parsed };
  for (const { line, message, hint } of parsed) report(line, message, hint);
  return undefined;
}

async function prepareKnex(
  settings: MigrationSettings,
  file: MigrationFile,
  report: Report,
): Promise<Prepared | undefined> {
  const loaded = await loadMigration(settings, file);
  if (!isLoadProblem(loaded))
    return { file, kind: 'knex', knex: loaded, transaction: loaded.transaction ?? !settings.disableTransactions };
  report(loaded.line, loaded.message, loaded.hint);
  return undefined;
}
