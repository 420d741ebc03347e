import type { MigrationFile } from '../files/migration-file.ts';
import { migrationFailed, notRecorded } from '../migration-error.ts';
import { locate } from '../sql/locate.ts';
import type { SqlSection } from '../sql/parse-sql-migration.ts';
import { insertApplied, markTransaction, removeRow } from '../state/ledger-rows.ts';
import { rollBack, runScript, ScriptError } from '../state/script.ts';
import type { ApplyContext } from './context.ts';

/**
 * Applies an SQL file and records it, in one transaction and one message to
 * the server: a round trip a migration.
 */
export function applySql(context: ApplyContext, file: MigrationFile, section: SqlSection): Promise<void> {
  return runSection(
    context,
    file,
    section,
    insertApplied({ state: context.state, file, batch: context.batch, run: context.run }),
  );
}

/** Takes an SQL file back, likewise. */
export function revertSql(context: ApplyContext, file: MigrationFile, section: SqlSection): Promise<void> {
  return runSection(context, file, section, removeRow(context.state, file.stem));
}

async function runSection(
  { session, settings, keeper }: ApplyContext,
  file: MigrationFile,
  section: SqlSection,
  record: string,
): Promise<void> {
  // The newline ends a comment on the section's last line.
  const script = `BEGIN;${markTransaction(file)};${section.sql}\n;${keeper.asOurselves(section.sql, record)};COMMIT`;
  try {
    await runScript(session, script);
  } catch (error) {
    await rollBack(session);
    if (!(error instanceof ScriptError)) throw error;
    const place = locate(section, 2, error);
    if (place === undefined) throw notRecorded(session, settings, file, error.cause);
    throw migrationFailed(session, settings, { file, ...place }, error.cause);
  }
  await keeper.restoreAfter(section.sql);
}
