import { OpsError } from '@opsgraph/errors';
import { decodeText } from '../files/decode.ts';
import { type MigrationFile, shownPath } from '../files/list-files.ts';
import { isLoadProblem, type KnexMigration, loadMigration } from '../knex/load-migration.ts';
import type { MigrationSettings } from '../settings.ts';
import { parseSqlMigration, type SqlMigration } from '../sql/parse-sql-migration.ts';

/** A migration that was read and found usable. */
export type Prepared = { file: MigrationFile } & (
  | { kind: 'sql'; sql: SqlMigration }
  | { kind: 'knex'; knex: KnexMigration; transaction: boolean }
);

/**
 * Reads all files that shall run before the first one runs.
 *
 * @throws OpsError MIGRATION_INVALID (65) with every problem
 */
export async function prepare(settings: MigrationSettings, files: readonly MigrationFile[]): Promise<Prepared[]> {
  const problems: string[] = [];
  const prepared: Prepared[] = [];
  for (const file of files) {
    const report = (line: number | undefined, message: string, hint: string): void =>
      void problems.push(
        `${shownPath(settings, file.path)}${line === undefined ? '' : `:${line}`}: ${message} (${hint})`,
      );
    const one = file.kind === 'sql' ? prepareSql(file, report) : await prepareKnex(settings, file, report);
    if (one !== undefined) prepared.push(one);
  }
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
