import { exitCodes, explainSystemError, Interrupted, OpsError } from '@opsgraph/errors';
import type { Outcome, RunOutcome } from '@opsgraph/ledger';
import type { Change, TaskReport } from '@opsgraph/report';
import type { RunEnd } from '../target/run-end.ts';

/** A result or an error as the record, the document and the exit code want it. */
export function outcomeOf(end: RunEnd, dryRun: boolean): RunOutcome {
  if ('report' in end) return success(end.report, dryRun);
  const { error } = end;
  if (!(error instanceof OpsError)) {
    return {
      outcome: 'failed',
      exitCode: exitCodes.bug,
      counts: {},
      summary: '',
      error: { code: 'BUG', message: error instanceof Error ? error.message : String(error) },
    };
  }
  return {
    outcome: failureName(error),
    exitCode: error.exitCode,
    counts: {},
    summary: '',
    error: { code: error.code, message: error.message },
  };
}

/**
 * What a run that threw has ended by, for its exit code and its record alike: whatever the interruption made fail on
 * its way out, it was the interruption, unless the work tells more of it.
 */
export function causeOfEnd(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted && !(error instanceof Interrupted) ? signal.reason : (explainSystemError(error) ?? error);
}

function success(report: TaskReport, dryRun: boolean): RunOutcome {
  const good: Outcome = report.changes.length > 0 && !dryRun ? 'changed' : 'ok';
  return {
    // Also when something was changed: what counts is that not everything is as wanted.
    outcome: report.findings ? 'findings' : good,
    exitCode: report.findings ? exitCodes.failed : exitCodes.ok,
    counts: countActions(report.changes),
    summary: report.summary,
    error: undefined,
  };
}

function failureName(error: OpsError): Outcome {
  if (error instanceof Interrupted) return 'interrupted';
  return error.exit === 'refused' || error.exit === 'tryLater' ? 'refused' : 'failed';
}

/** { insert: 152000, update: 3 } */
function countActions(changes: readonly Change[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action, count = 1 } of changes) counts[action] = (counts[action] ?? 0) + count;
  return counts;
}
