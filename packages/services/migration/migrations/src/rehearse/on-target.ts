import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { compareSchemas, readSchema, type Schema } from '@opsgraph/schemas';
import type { Knex } from 'knex';
import type { ApplyContext } from '../apply/context.ts';
import type { Prepared } from '../apply/prepare.ts';
import { shownPath } from '../files/list-files.ts';
import { rollBack } from '../state/script.ts';
import { type Clock, type RehearsalLimits, startClock } from './limits.ts';
import { type LockMeter, openLockMeter } from './lock-meter.ts';
import { type Outcome, rehearseKnex, rehearseSql } from './one-on-target.ts';
import type { RehearsedMigration } from './rehearsed.ts';
import { requireCommit, requireLedger } from './require-commit.ts';

export interface OnTarget {
  migrations: RehearsedMigration[];
  /** Of each migration, the tables that an earlier one of the rehearsal had locked: a lock taken again does not show. */
  hidden: string[][];
  /** An error that may come only from something before it that could not be rehearsed. */
  doubtful: { index: number; error: unknown } | undefined;
}

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

/** The schema as the transaction sees it; undefined when another session's lock is in the way. Keeps no lock of its own. */
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
