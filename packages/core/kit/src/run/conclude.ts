import { OpsError } from '@opsgraph/errors';
import { formatDuration } from '@opsgraph/text';
import type { RunEnd } from '../target/run-end.ts';
import { outcomeOf } from './outcome.ts';
import { parentOf, type Scope } from './scope.ts';

/** Of a report: `ops show` prints them again; one of a million rows need not be kept. */
const linesLogged = 200;

/** Shows and records how a run ended, in that order of importance, and returns its exit code. */
export function conclude(scope: Scope, end: RunEnd): number {
  const { task, intent, talk, log } = scope;
  const milliseconds = Math.round(performance.now() - scope.started);
  const outcome = outcomeOf(end, intent.dryRun);
  const name = outcome.outcome;
  const failure = 'error' in end ? describeFailure(end.error) : undefined;
  if ('report' in end) talk.report(name, task.name, end.report, formatDuration(milliseconds), intent.dryRun);
  else talk.failure(name, task.name, failure?.known, failure?.bug, log.path);

  const record = {
    ...outcome,
    changes: 'report' in end ? end.report.changes : [],
    ...(failure && { error: { ...outcome.error, ...describeKnown(failure.known) } }),
    milliseconds,
  };
  log.write(name === 'failed' ? 'error' : 'info', `ended: ${name}`, {
    ...record,
    ...('report' in end && { lines: end.report.lines?.slice(0, linesLogged) }),
    ...(failure && { stack: failure.stack }),
  });
  try {
    log.audit('outcome', { environment: intent.environment, ...outcome, milliseconds, ...parentOf(scope) });
    log.close(scope.sweeps ? scope.retention : undefined);
  } catch (error) {
    talk.warn((error as Error).message);
  }
  const { id: run, environment, dryRun } = intent;
  const result = 'report' in end ? { result: end.report.data ?? null } : {};
  talk.document(
    { task: task.name, run, environment, dryRun, ...record, ...result },
    'report' in end ? end.report.reveal : undefined,
  );
  return outcome.exitCode;
}

function describeFailure(error: unknown): { known: OpsError | undefined; bug: unknown; stack: string | undefined } {
  const known = error instanceof OpsError ? error : undefined;
  // Somebody may have thrown undefined; that is a bug as well.
  return { known, bug: known === undefined ? (error ?? 'undefined was thrown') : undefined, stack: stackOf(error) };
}

function describeKnown(known: OpsError | undefined): Partial<Pick<OpsError, 'hint' | 'problems' | 'data'>> {
  return known === undefined ? {} : { hint: known.hint, problems: known.problems, data: known.data };
}

function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.cause === undefined
    ? error.stack
    : `${error.stack}\ncaused by ${stackOf(error.cause) ?? String(error.cause)}`;
}
