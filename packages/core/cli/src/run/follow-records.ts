import { setTimeout as pause } from 'node:timers/promises';
import { auditLength, readAudit } from '../records/audit-file.ts';
import { type AuditedRun, groupRuns } from '../records/group-runs.ts';
import type { PlannedTask } from './read-plan.ts';

/** What the tasks of one `ops run` have recorded. */
export interface Records {
  of(task: PlannedTask): AuditedRun | undefined;
}

export interface FollowedRecords {
  /** Until now. */
  read(): Records;
  /** Waits until each planned task that began has recorded its outcome, or is gone; limits in milliseconds. */
  settle(limits: { atLeast: number; atMost: number }, isGone: (task: PlannedTask) => boolean): Promise<void>;
}

const lookEvery = 100;

/** The audit file of this checkout from now on, as far as it is about the tasks of one `ops run`. */
export function followRecords(state: string, parent: string, plan: readonly PlannedTask[]): FollowedRecords {
  const from = auditLength(state);
  const read = (): Records => {
    const own = readAudit(state, from).filter((line) => line.parent === parent);
    const byName = new Map(groupRuns(own).map((run) => [`${run.task} ${run.environment}`, run]));
    return { of: ({ record }) => record && byName.get(`${record.task} ${record.environment}`) };
  };
  return {
    read,
    async settle({ atLeast, atMost }, isGone) {
      const begun = performance.now();
      for (;;) {
        const waited = performance.now() - begun;
        const records = read();
        const isOpen = plan.some((task) => {
          const record = records.of(task);
          return record !== undefined && record.outcome === undefined && !isGone(task);
        });
        if (waited >= atMost || (!isOpen && waited >= atLeast)) return;
        await pause(lookEvery);
      }
    },
  };
}
