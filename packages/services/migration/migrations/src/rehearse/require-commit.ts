import { literal, sqlState } from '@opsgraph/postgres';
import type { ApplyContext } from '../apply/context.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { migrationFailed, notRecorded } from '../migration-error.ts';
import { runScript, ScriptError } from '../state/script.ts';
import type { Clock } from './limits.ts';
import { isBusy } from './why-not.ts';

/** Its record would fail. */
export async function requireLedger({ session, settings, state }: ApplyContext, file: MigrationFile): Promise<void> {
  const ledgers = ['ops.migration', ...(state.tables.exists.table ? state.tables.names.slice(0, 1) : [])];
  try {
    // Not the oid: a cast to regclass fails as the record would.
    await session.client.query(`SELECT ${ledgers.map((name) => `${literal(name)}::regclass`).join(', ')}`);
  } catch (error) {
    throw notRecorded(session, settings, file, error);
  }
}

/** What it deferred to its COMMIT is checked as that would; going back to the savepoint leaves it deferred. */
export async function requireCommit(
  { session, settings }: ApplyContext,
  file: MigrationFile,
  clock: Clock,
): Promise<void> {
  if (!(await clock.allowNext())) return;
  try {
    await runScript(session, 'SAVEPOINT deferred;SET CONSTRAINTS ALL IMMEDIATE;ROLLBACK TO deferred');
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    if (!isBusy(error.cause) && sqlState(error.cause) !== '57014')
      throw migrationFailed(
        session,
        settings,
        { file, hint: 'it was deferred to the COMMIT; correct the migration' },
        error.cause,
      );
    await session.execute('ROLLBACK TO deferred');
  }
}
