import { OpsError } from '@opsgraph/errors';
import { withoutPasswords } from '@opsgraph/postgres';
import type { Knex } from 'knex';
import { shownPath } from '../files/list-files.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { lineInStack } from '../knex/load-migration.ts';
import type { SentQuery, WatchedFailure } from '../knex/runner.ts';
import { migrationFailed, notRecorded } from '../migration-error.ts';
import { insertApplied, markTransaction, removeRow } from '../state/ledger-rows.ts';
import { placeOf, rollBack, runScript, ScriptError, type ServerError } from '../state/script.ts';
import type { ApplyContext } from './context.ts';

/** Applies a knex migration and records it in both ledgers, in one transaction. */
export async function applyKnex(
  context: ApplyContext,
  file: MigrationFile,
  up: (knex: Knex) => unknown,
): Promise<void> {
  const { state, batch, run } = context;
  const results = await runInTransaction(
    context,
    file,
    up,
    insertApplied({ state, file, batch, run }, state.tables.insert(file.recordedAs, batch)),
  );
  context.lastKnexId = (results.at(-1)!.rows[0] as { knex_id: number }).knex_id;
}

/** Takes a knex migration back, likewise. */
export async function revertKnex(
  context: ApplyContext,
  file: MigrationFile,
  down: (knex: Knex) => unknown,
  knexId: number,
): Promise<void> {
  const { state } = context;
  const results = await runInTransaction(
    context,
    file,
    down,
    `${removeRow(state, file.stem)};${state.tables.remove(knexId)};${state.tables.selectLast}`,
  );
  context.lastKnexId = (results.at(-1)!.rows[0] as { last: number }).last;
}

async function runInTransaction(
  context: ApplyContext,
  file: MigrationFile,
  migration: (knex: Knex) => unknown,
  record: string,
): ReturnType<typeof runScript> {
  const { session, settings, keeper } = context;
  const runner = context.knex!;
  let queries: SentQuery[] = [];
  let recorded: Awaited<ReturnType<typeof runScript>> = [];
  try {
    await runner.knex.transaction(async (transaction) => {
      await holdKnexLedger(context, file);
      const watched = await runner.watch(transaction, migration, { inTransaction: true });
      queries = watched.queries;
      if (watched.failure !== undefined) throw knexFailure(context, file, watched.failure);
      tellNeverRun(context, file, watched.neverRun);
      session.signal?.throwIfAborted();
      recorded = await runScript(session, keeper.asOurselves(sqlOf(queries), record));
    });
  } catch (error) {
    await rollBack(session);
    if (session.signal?.aborted) throw session.signal.reason;
    // What commit() of the transaction object is refused with comes by way of knex, and names no file.
    const isPlaced = !(error instanceof OpsError) || error.message.startsWith(shownPath(settings, file.path));
    const endsTransaction = error instanceof OpsError && error.code === 'MIGRATION_ENDS_TRANSACTION';
    if (error instanceof OpsError && (isPlaced || !endsTransaction)) throw error;
    if (error instanceof ScriptError) throw notRecorded(session, settings, file, error.cause);
    throw migrationFailed(session, settings, { file }, error);
  }
  await keeper.restoreAfter(sqlOf(queries));
  return recorded;
}

export function sqlOf(queries: readonly SentQuery[]): string {
  return queries.map(({ sql }) => sql).join('\n');
}

/** From here on stock knex waits for us; what it did meanwhile is noticed. */
async function holdKnexLedger(context: ApplyContext, file: MigrationFile): Promise<void> {
  const results = await runScript(
    context.session,
    `${markTransaction(file)};${context.state.tables.holdAndSelectLast}`,
  );
  const { last } = results[2]!.rows[0] as { last: number };
  if (last === context.lastKnexId) return;
  throw new OpsError({
    code: 'TARGET_MOVED',
    exit: 'tryLater',
    message: `another process changed ${context.state.ledger} while this ran; is stock knex migrating?`,
    hint: 'run the same command again',
  });
}

/** Stock knex says nothing, and records the migration as done; so it is here, but reported. */
export function tellNeverRun(context: ApplyContext, file: MigrationFile, calls: readonly string[]): void {
  if (calls.length === 0) return;
  context.warn('never-run', file, `${calls.join(' and ')} was never run: it was neither awaited nor returned`, {
    hint: 'knex does the same; add a new migration with what is missing, and await it',
  });
}

/** The error of a migration's function, with the line that sent the failed query. */
export function knexFailure(
  { session, settings }: ApplyContext,
  file: MigrationFile,
  { error, query, isStray }: WatchedFailure,
  hintUnlessStray?: string,
): unknown {
  if (session.signal?.aborted) return session.signal.reason;
  if (error instanceof Error && query !== undefined && error.message.startsWith(query.sql.slice(0, 20))) {
    // knex puts the statement before the server's message; it has its own line here. Old ones put the values in.
    const statement = `${query.sql} - `;
    const cut = error.message.startsWith(statement) ? statement.length : error.message.lastIndexOf(' - ') + 3;
    if (cut > 2) error.message = error.message.slice(cut);
  }
  // The stack begins with the statement, and goes into the log; its lines are no SQL.
  if (error instanceof Error && error.stack !== undefined) {
    const [head, ...places] = error.stack.split(/(?=\n {4}at )/);
    error.stack = withoutPasswords(head!) + places.join('');
  }
  const line = lineInStack(file.path, (error as Error | undefined)?.stack ?? '');
  const hint = isStray
    ? 'it failed in a promise that was neither awaited nor returned: await it, and what it waits for'
    : hintUnlessStray;
  return migrationFailed(
    session,
    settings,
    { file, line, statement: query?.sql, at: query && placeOf(error as ServerError, query.sql), hint },
    error,
  );
}
