import { OpsError } from '@opsgraph/errors';
import {
  beginRun,
  type Chapter,
  closeDeadRuns,
  describeHolder,
  findOutdated,
  finishRun,
  isNumbered,
  migrateLedger,
  pruneRuns,
  type Retention,
  type RunIntent,
  type RunOutcome,
  refuseNewer,
  requireChapters,
  requireEnvironment,
  withDomainLock,
} from '@opsgraph/ledger';
import { type ConnectionSettings, type Session, withDirectSession, withSession } from '@opsgraph/postgres';
import type { Talk, TaskReport } from '@opsgraph/report';
import { count } from '@opsgraph/text';
import { causeOfEnd } from '../run/outcome.ts';
import type { Stop } from '../run/stop-signals.ts';
import type { RunEnd } from './run-end.ts';

export interface TargetSettings {
  connection: ConnectionSettings;
  intent: RunIntent;
  /** Of the ledger, what the task reads or writes besides its runs. */
  chapters: readonly Chapter[];
  /** A further environment that the target may say it is. */
  formerly: string | undefined;
  /** Milliseconds to wait for the domain's lock. */
  lockWait: number;
  /** Which runs stay in the ledger, for a write that deletes the others; undefined: it deletes none. */
  retention: Retention | undefined;
  stop: Stop;
  talk: Talk;
  /** What a result or an error means for the record. */
  outcomeOf(end: RunEnd): RunOutcome;
}

export interface Target {
  session: Session;
  /** To open further sessions on the same target. */
  connection: ConnectionSettings;
}

/**
 * The scope in which a task may touch its target. Two connections: one holds
 * the guard, the lock and the record, and outlives an interruption; the other
 * is for the work and is cancelled by it.
 *
 * @throws what `work` throws; OpsError of the guard (77, 78) and the lock (75)
 */
export async function withTarget(
  settings: TargetSettings,
  work: (target: Target) => Promise<TaskReport>,
): Promise<TaskReport> {
  const { intent } = settings;
  const isEffect = intent.effect !== 'read' && !intent.dryRun;
  const { applicationName, signal: _signal, ...rest } = settings.connection;
  const controlSettings: ConnectionSettings = {
    ...rest,
    statementTimeout: 0,
    applicationName: `${applicationName} control`,
    ownSqlOnly: true,
  };
  return withDirectSession(controlSettings, async (control) => {
    await guard(control, settings, isEffect);
    const { connection } = settings;
    const perform = (): Promise<TaskReport> => withSession(connection, (session) => work({ session, connection }));
    return isEffect ? recorded(control, settings, perform) : observed(control, settings, perform);
  });
}

async function guard(
  control: Session,
  { intent: { environment }, chapters, formerly }: TargetSettings,
  isEffect: boolean,
): Promise<void> {
  const marker = await requireEnvironment(control, environment, formerly);
  if (!isEffect) return requireChapters(marker, chapters, environment);
  refuseNewer(marker, chapters);
  if (isNumbered(marker) || findOutdated(marker, chapters).length > 0) await migrateLedger(control, chapters);
}

/** Intent before, outcome after, under the domain's lock. */
async function recorded(
  control: Session,
  { intent, chapters, formerly, lockWait, retention, stop, talk, outcomeOf }: TargetSettings,
  perform: () => Promise<TaskReport>,
): Promise<TaskReport> {
  const name = intent.domain;
  const onWaiting = once((holder: string) => talk.info(`waiting for the lock of ${name}, held by ${holder}`));
  const lock = {
    wait: lockWait,
    signal: stop.signal,
    onWaiting: (holder: Parameters<typeof describeHolder>[0]) => onWaiting(describeHolder(holder)),
  };
  return withDomainLock(control, name, lock, async () => {
    // While this waited the target may have become another environment, or a later Opsgraph may have been there.
    requireChapters(await requireEnvironment(control, intent.environment, formerly), chapters, intent.environment);
    const dead = await closeDeadRuns(control, name, intent.id);
    if (dead > 0) talk.info(`${count(dead, 'earlier run')} ended without recording an outcome; marked as interrupted`);
    await beginRun(control, intent);
    // Without its connection the lock is gone: another run may begin, so we must end.
    const lost = (): void =>
      stop.abort(
        new OpsError({
          code: 'LOCK_LOST',
          exit: 'unavailable',
          message: 'the connection that holds the lock was lost',
          hint: 'what was not committed is rolled back; run the same command again when the database is back',
        }),
      );
    control.client.once('end', lost);
    try {
      return await settle(stop.signal, perform, async (end) => {
        await finishRun(control, intent.id, outcomeOf(end)).catch((error: unknown) =>
          talk.warn(`the outcome could not be recorded in the target: ${(error as Error).message}`),
        );
        if (retention === undefined || stop.signal.aborted) return;
        await pruneRuns(control, retention).catch((error: unknown) =>
          talk.detail(`old runs were not removed from the ledger: ${(error as Error).message}`),
        );
      });
    } finally {
      control.client.off('end', lost);
    }
  });
}

/** A read is recorded when it has ended; that it could not be is no reason to fail it (a standby). */
async function observed(
  control: Session,
  { intent, stop, outcomeOf, talk }: TargetSettings,
  perform: () => Promise<TaskReport>,
): Promise<TaskReport> {
  const began = performance.now();
  return settle(stop.signal, perform, async (end) => {
    try {
      await control.transaction(async () => {
        await beginRun(control, intent, performance.now() - began);
        await finishRun(control, intent.id, outcomeOf(end));
      });
    } catch (error) {
      talk.detail(`not recorded in the target: ${(error as Error).message}`);
    }
  });
}

async function settle(
  signal: AbortSignal,
  perform: () => Promise<TaskReport>,
  record: (end: RunEnd) => Promise<void>,
): Promise<TaskReport> {
  let report: TaskReport;
  try {
    report = await perform();
  } catch (error) {
    await record({ error: causeOfEnd(error, signal) });
    throw error;
  }
  await record({ report });
  return report;
}

function once<Argument>(work: (argument: Argument) => void): (argument: Argument) => void {
  let done = false;
  return (argument) => {
    if (!done) work(argument);
    done = true;
  };
}
