import { OpsError } from '@opsgraph/errors';
import { literal, withoutPasswords } from '@opsgraph/postgres';
import { storableText } from '../files/decode.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import type { KnexMigration } from '../knex/load-migration.ts';
import type { SqlSection } from '../sql/parse-sql-migration.ts';
import { insertStarted, removeRow, updateRow } from '../state/ledger-rows.ts';
import { rollBack, runScript } from '../state/script.ts';
import { knexFailure, sqlOf, tellNeverRun } from './apply-knex.ts';
import { concurrentIndex, dropInvalidIndex } from './concurrent-index.ts';
import type { ApplyContext } from './context.ts';
import { resolveHint } from './half-done.ts';
import { leavesNothing } from './nameless-index.ts';
import { retryPassing } from './retry-passing.ts';
import { runStepwise } from './run-stepwise.ts';

/** Applies a `transaction:false` file: first its row, then statement by statement from the `done`-th. */
export async function applySqlStepwise(
  context: ApplyContext,
  file: MigrationFile,
  section: SqlSection,
  done = 0,
): Promise<void> {
  const { session, state, batch, run } = context;
  if (done === 0) await session.execute(insertStarted({ state, file, batch, run }));
  await runStepwise(context, file, section, done);
  await session.execute(updateRow(state, file.stem, `${endedAs(file)}, status = 'applied'`));
}

/** Takes a `transaction:false` file back, likewise; its row goes at the end. */
export async function revertSqlStepwise(
  context: ApplyContext,
  file: MigrationFile,
  section: SqlSection,
  done = 0,
): Promise<void> {
  const { session, state } = context;
  if (done === 0) await session.execute(updateRow(state, file.stem, startedDown));
  await runStepwise(context, file, section, done);
  await session.execute(removeRow(state, file.stem));
}

/** Applies a knex migration with `config.transaction = false`, as knex does: on the connection, each statement for itself. */
export async function applyKnexWithoutTransaction(
  context: ApplyContext,
  file: MigrationFile,
  up: KnexMigration['up'],
): Promise<void> {
  const { session, state, batch, run } = context;
  await retryPassing(session, async () => {
    await session.execute(insertStarted({ state, file, batch, run }));
    await runWatched(context, file, up, removeRow(state, file.stem));
  });
  const [result] = await runScript(
    session,
    `WITH stock AS (${state.tables.insert(file.recordedAs, batch)})
     ${updateRow(state, file.stem, `${endedAs(file)}, status = 'applied', knex_id = (SELECT id FROM stock)`)} RETURNING knex_id`,
  );
  context.lastKnexId = (result!.rows[0] as { knex_id: number }).knex_id;
}

export async function revertKnexWithoutTransaction(
  context: ApplyContext,
  file: MigrationFile,
  down: KnexMigration['up'],
  knexId: number,
): Promise<void> {
  const { session, state } = context;
  await retryPassing(session, async () => {
    await session.execute(updateRow(state, file.stem, startedDown));
    await runWatched(
      context,
      file,
      down,
      updateRow(state, file.stem, "status = 'applied', direction = 'up', begun = NULL"),
    );
  });
  const results = await runScript(
    session,
    `BEGIN;${removeRow(state, file.stem)};${state.tables.remove(knexId)};${state.tables.selectLast};COMMIT`,
  );
  context.lastKnexId = (results[3]!.rows[0] as { last: number }).last;
}

const startedDown =
  "status = 'started', direction = 'down', started_at = pg_catalog.clock_timestamp(), statements_done = 0, done_sha256 = NULL, begun = NULL, error = NULL";

/** The content may have been corrected between the first attempt and this one. */
function endedAs(file: MigrationFile): string {
  return `finished_at = pg_catalog.clock_timestamp(), begun = NULL, error = NULL, sha256 = ${literal(file.sha256)}, content = ${literal(storableText(file.bytes))}`;
}

/** `forget` is sent when it failed before anything was done. */
async function runWatched(
  context: ApplyContext,
  file: MigrationFile,
  migration: KnexMigration['up'],
  forget: string,
): Promise<void> {
  const { session, state, keeper } = context;
  let isSomebodyElse = false;
  let takeAway = async (): Promise<void> => {};
  const { queries, neverRun, failure } = await context.knex!.watch(context.knex!.knex, migration, {
    inTransaction: false,
    // A killed run leaves word of what it was about to do.
    announce: async (sql, done) => {
      takeAway = await leavesNothing(session, sql);
      isSomebodyElse ||= keeper.asOurselves(sql, '') !== '';
      // In a transaction of its own a refused UPDATE would break what it does.
      if (isSomebodyElse) return;
      await session.client
        .query(updateRow(state, file.stem, `statements_done = ${done}, begun = ${literal(withoutPasswords(sql))}`))
        .catch(() => {
          // in a broken transaction of the migration's own; its statement will say so
        });
    },
  });
  if (failure === undefined) {
    tellNeverRun(context, file, neverRun);
    // A transaction that it left open would take the record with it.
    await session.execute('COMMIT');
    return keeper.restoreAfter(sqlOf(queries));
  }
  await rollBack(session);
  if (!session.signal?.aborted) await keeper.restoreAfter(sqlOf(queries));
  const index = failure.query && concurrentIndex(failure.query.sql);
  await (index === undefined ? takeAway() : dropInvalidIndex(session, index)).catch(() => {});
  const hint = 'nothing of it was applied; correct it and run the same command again';
  const error = knexFailure(context, file, failure, hint);
  const isNothingDone = queries.length === 0 || (queries.length === 1 && failure.query !== undefined);
  // Straight to the driver: an interrupted run must record this too.
  const note = isNothingDone
    ? forget
    : updateRow(
        state,
        file.stem,
        `begun = NULL, error = ${literal(error instanceof Error ? error.message : String(error))}`,
      );
  await session.client.query(note).catch(() => {});
  if (isNothingDone || !(error instanceof OpsError) || error.code === 'INTERRUPTED') throw error;
  const { exit, message, problems, cause } = error;
  throw new OpsError({
    code: 'MIGRATION_HALF_DONE',
    exit,
    message,
    problems: [
      ...problems,
      `${queries.length - 1} statements before it stay applied, because the file runs without a transaction`,
    ],
    hint: resolveHint(file.stem),
    cause,
  });
}
