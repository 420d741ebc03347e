import { setTimeout as pause } from 'node:timers/promises';
import { auditLength, readAudit } from '../records/audit-file.ts';
import { groupRuns, type RecordedRun } from '../records/group-runs.ts';

export interface Records {
  /** What the tasks of this run have recorded until now, by task name. */
  read(): Map<string, RecordedRun>;
  /** Waits until each task that began has told how it ended, or is gone; limits in milliseconds. */
  settle(limits: { atLeast: number; atMost: number }, isGone: (task: string) => boolean): Promise<void>;
}

const lookEvery = 100;

/** The audit file of this checkout from now on, as far as it is about the tasks of one `ops run`. */
export function followRecords(state: string, parent: string): Records {
  const from = auditLength(state);
  const read = (): Map<string, RecordedRun> => {
    const own = readAudit(state, from).filter((line) => line.parent === parent);
    return new Map(groupRuns(own).map((run) => [run.task, run]));
  };
  return {
    read,
    async settle({ atLeast, atMost }, isGone) {
      const begun = performance.now();
      for (;;) {
        const waited = performance.now() - begun;
        const isOpen = [...read().values()].some(({ task, outcome }) => outcome === undefined && !isGone(task));
        if (waited >= atMost || (!isOpen && waited >= atLeast)) return;
        await pause(lookEvery);
      }
    },
  };
}
