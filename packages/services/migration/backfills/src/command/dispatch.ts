import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { TaskReport } from '@opsgraph/report';
import { loadBackfills } from '../definition/load-backfills.ts';
import { pauseBackfill, resumeBackfill } from '../record/pause.ts';
import { rehearseBackfills } from '../run/rehearse-backfills.ts';
import { type BackfillsInput, runBackfills } from '../run/run-backfills.ts';
import { backfillStatus } from './backfill-status.ts';
import { reportBackfills, reportRehearsed, reportStatus, reportSwitched } from './report.ts';

export interface Request extends BackfillsInput {
  pause?: string | undefined;
  resume?: string | undefined;
  status: boolean;
  dryRun: boolean;
  /** Who pauses. */
  by: string;
}

/**
 * Does the one thing that is asked for: run, rehearse, show, pause or resume.
 *
 * @throws OpsError BACKFILL_CONTRADICTION (64), and those of each
 */
export async function dispatch(session: Session, request: Request): Promise<TaskReport> {
  requireOneThing(request);
  const { pause, resume, dryRun, by } = request;
  if (request.status) return reportStatus(await backfillStatus(session, request));
  if (pause !== undefined || resume !== undefined) {
    const known = (await loadBackfills(request)).map(({ definition }) => definition.name);
    if (pause !== undefined)
      return reportSwitched(pause, 'pause', await pauseBackfill(session, { name: pause, known, by, dryRun }));
    return reportSwitched(resume!, 'resume', await resumeBackfill(session, { name: resume!, known, dryRun }));
  }
  if (dryRun) return reportRehearsed(await rehearseBackfills(session, request));
  return reportBackfills(await runBackfills(session, request));
}

function requireOneThing({ pause, resume, status, name, acceptChanged }: Request): void {
  const asked = [
    pause !== undefined && '--pause',
    resume !== undefined && '--resume',
    status && '--status',
    (name !== undefined || acceptChanged) && (name !== undefined ? '--name' : '--accept-changed'),
  ].filter((option) => option !== false);
  if (asked.length <= 1) return;
  throw new OpsError({
    code: 'BACKFILL_CONTRADICTION',
    exit: 'usage',
    message: `${asked.join(' and ')} cannot be combined`,
    hint: 'give one of them; --pause and --resume take the name themselves',
  });
}
