import { OpsError } from '@opsgraph/errors';
import { literal, type Session } from '@opsgraph/postgres';
import { compareSchemas, readSchema, type Schema } from '@opsgraph/schemas';
import type { Knex } from 'knex';
import { knexFailure, tellNeverRun } from '../apply/apply-knex.ts';
import type { ApplyContext } from '../apply/context.ts';
import type { Prepared } from '../apply/prepare.ts';
import { type MigrationFile, shownPath } from '../files/list-files.ts';
import { isManagingTransaction } from '../knex/runner.ts';
import { migrationFailed, notRecorded } from '../migration-error.ts';
import { lineAt } from '../sql/parse-sql-migration.ts';
import { rollBack, runScript, ScriptError } from '../state/script.ts';
import { collectStatements } from './collect-statements.ts';
import { type Clock, type RehearsalLimits, startClock } from './limits.ts';
import { type LockMeter, openLockMeter } from './lock-meter.ts';
import type { RehearsedMigration, RehearsedStatement } from './rehearsed.ts';
import { codeOf, isBusy, isMergeTrouble, isRefusal, OutOfTime } from './why-not.ts';

export interface OnTarget {
  migrations: RehearsedMigration[];
  /** Of each migration, the tables that an earlier one of the rehearsal had locked: a lock taken again does not show. */
  hidden: string[][];
  /** An error that may come only from something before it that could not be rehearsed. */
  doubtful: { index: number; error: unknown } | undefined;
}

type Outcome = Pick<RehearsedMigration, 'statements' | 'skipped'> & { stops: boolean };

/** Executes all in one transaction, measures, and rolls it back. Stops at what would disturb others. */
export async function rehearseOnTarget(
  context: ApplyContext,
  prepared: readonly Prepared[],
  limits: RehearsalLimits,
): Promise<OnTarget> {
  const { session, knex } = context;
  let transaction: Knex.Transaction | undefined;
  if (knex === undefined) await session.execute('BEGIN');
  else transaction = await knex.knex.transaction();
  try {
    const meter = await openLockMeter(session);
    return await rehearseAll(context, prepared, transaction, meter, startClock(session, meter, limits));
  } finally {
    await transaction?.rollback().catch(() => {});
    await rollBack(session);
  }
}

async function rehearseAll(
  context: ApplyContext,
  prepared: readonly Prepared[],
  transaction: Knex.Transaction | undefined,
  meter: LockMeter,
  clock: Clock,
): Promise<OnTarget> {
  const { session, settings, keeper } = context;
  const result: OnTarget = { migrations: [], hidden: [], doubtful: undefined };
  let schema = await peek(session, clock);
  for (const [index, migration] of prepared.entries()) {
    session.signal?.throwIfAborted();
    const { file } = migration;
    const begun = performance.now();
    result.hidden.push([...meter.held().keys()]);
    await session.execute('SAVEPOINT migration');
    let outcome: Outcome;
    try {
      outcome =
        migration.kind === 'sql'
          ? await rehearseSql(context, migration, meter, clock, index > 0)
          : await rehearseKnex(context, migration, transaction!, meter, clock, index > 0);
    } catch (error) {
      if (!result.migrations.some(({ skipped }) => skipped !== undefined) || session.signal?.aborted) throw error;
      result.doubtful = { index, error };
      return result;
    }
    const milliseconds = performance.now() - begun;
    if (outcome.stops) await session.execute('ROLLBACK TO migration');
    if (!outcome.stops) {
      await keeper.restoreAfter(outcome.statements.map(({ sql }) => sql).join('\n'));
      await requireLedger(context, file);
      await requireCommit(context, file, clock);
    }
    const after = outcome.stops || schema === undefined ? undefined : await peek(session, clock);
    result.migrations.push({
      stem: file.stem,
      path: shownPath(settings, file.path),
      statements: outcome.statements,
      objects: schema === undefined || after === undefined ? [] : compareSchemas(schema, after),
      milliseconds,
      skipped: outcome.skipped,
      unmeasured: undefined,
    });
    schema = after;
    if (outcome.stops) return result;
  }
  return result;
}

/** Its record would fail. */
async function requireLedger({ session, settings, state }: ApplyContext, file: MigrationFile): Promise<void> {
  const ledgers = ['ops.migration', ...(state.tables.exists.table ? state.tables.names.slice(0, 1) : [])];
  try {
    // Not the oid: a cast to regclass fails as the record would.
    await session.client.query(`SELECT ${ledgers.map((name) => `${literal(name)}::regclass`).join(', ')}`);
  } catch (error) {
    throw notRecorded(session, settings, file, error);
  }
}

/** What it deferred to its COMMIT is checked as that would; going back to the savepoint leaves it deferred. */
async function requireCommit({ session, settings }: ApplyContext, file: MigrationFile, clock: Clock): Promise<void> {
  if (!(await clock.allowNext())) return;
  try {
    await runScript(session, 'SAVEPOINT deferred;SET CONSTRAINTS ALL IMMEDIATE;ROLLBACK TO deferred');
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    if (!isBusy(error.cause) && codeOf(error.cause) !== '57014')
      throw migrationFailed(
        session,
        settings,
        { file, hint: 'it was deferred to the COMMIT; correct the migration' },
        error.cause,
      );
    await session.execute('ROLLBACK TO deferred');
  }
}

/** The schema as the transaction sees it; undefined when somebody's lock is in the way. Keeps no lock of its own. */
async function peek(session: Session, clock: Clock): Promise<Schema | undefined> {
  await session.execute('SAVEPOINT peek');
  try {
    return (await clock.allowNext()) ? await readSchema(session, { withoutSchemas: ['ops'] }) : undefined;
  } catch (error) {
    if (error instanceof OpsError && ['LOCK_TIMEOUT', 'STATEMENT_TIMEOUT', 'CONFLICT'].includes(error.code))
      return undefined;
    throw error;
  } finally {
    await session.client.query('ROLLBACK TO peek').catch(() => {});
  }
}

async function rehearseSql(
  { session, settings }: ApplyContext,
  { file, sql: { up } }: Prepared & { kind: 'sql' },
  meter: LockMeter,
  clock: Clock,
  isMerged: boolean,
): Promise<Outcome> {
  const statements: RehearsedStatement[] = up.statements.map(({ text }) => unmeasured(text));
  const refused: number[] = [];
  for (const [index, { text, start }] of up.statements.entries()) {
    const line = up.line + lineAt(up.sql, start) - 1;
    try {
      if (!(await clock.allowNext())) throw new OutOfTime();
      const begun = performance.now();
      await runScript(session, `SAVEPOINT statement;${text}\n;RELEASE statement`);
      const milliseconds = performance.now() - begun;
      statements[index] = { sql: text, measuredOn: 'target', milliseconds, effects: await meter.effects() };
    } catch (error) {
      const cause = error instanceof ScriptError ? error.cause : error;
      if (!up.transaction && isRefusal(cause)) {
        await session.execute('ROLLBACK TO statement');
        refused.push(line);
        continue;
      }
      const why = whyStopped(cause, isMerged, `line ${line}`);
      if (why !== undefined) return { statements, skipped: why, stops: true };
      if (!(error instanceof ScriptError)) throw error;
      const hint = 'correct the migration; the rehearsal was rolled back';
      throw migrationFailed(session, settings, { file, line, statement: text, hint }, error.cause);
    }
  }
  const skipped =
    refused.length === 0 ? undefined : `cannot run in a transaction, so not rehearsed: line ${refused.join(', ')}`;
  return { statements, skipped, stops: false };
}

async function rehearseKnex(
  context: ApplyContext,
  migration: Prepared & { kind: 'knex' },
  transaction: Knex.Transaction,
  meter: LockMeter,
  clock: Clock,
  isMerged: boolean,
): Promise<Outcome> {
  const { session, knex } = context;
  const collected = collectStatements();
  const { queries, neverRun, failure } = await knex!.watch(transaction, migration.knex.up, {
    inTransaction: true,
    around: (sql, send) =>
      collected.add(sql, 'target', async () => {
        if (!(await clock.allowNext())) throw new OutOfTime();
        return meter.measure(send);
      }),
  });
  const statements = collected.match(queries);
  tellNeverRun(context, migration.file, neverRun);
  if (failure === undefined) return { statements, skipped: undefined, stops: false };
  if (session.signal?.aborted) throw session.signal.reason;
  const { error } = failure;
  const why = whyStopped(error, isMerged, 'its last statement');
  if (why !== undefined) return { statements, skipped: why, stops: true };
  if (!isRefusal(error) && !isManagingTransaction(error) && !(error instanceof OpsError && !migration.transaction))
    throw knexFailure(context, migration.file, failure);
  await session.execute('ROLLBACK TO migration');
  await meter.effects();
  return {
    statements: statements.map(({ sql }) => unmeasured(sql)),
    skipped:
      'its last statement cannot run in a transaction; nothing of it was rehearsed, and statements after it are not known',
    stops: false,
  };
}

/** Why the rehearsal ends here without an error; undefined when it is one. */
function whyStopped(error: unknown, isMerged: boolean, where: string): string | undefined {
  if (error instanceof OutOfTime) return `${where}: not executed, as the locks before it had been held long enough`;
  if (isBusy(error)) return `${where}: somebody else holds a lock that it needs; the rehearsal did not wait`;
  if (codeOf(error) === '57014') return `${where}: takes longer than a rehearsal may hold its locks`;
  if (isMerged && isMergeTrouble(error))
    return `${where}: cannot run in one transaction with the migrations before it, which only a rehearsal does`;
  return undefined;
}

function unmeasured(sql: string): RehearsedStatement {
  return { sql, measuredOn: undefined, milliseconds: undefined, effects: [] };
}
