import type { RunIntent, RunOutcome } from './run.ts';

/** What every line of `.ops/audit.jsonl` begins with. */
interface AuditHead {
  /** ISO 8601, in UTC. */
  time: string;
  /** Id of the run. */
  run: string;
  task: string;
  /** Id of the `ops run` that started it. */
  parent?: string;
}

/** A run is about to act. */
export type AuditIntent = AuditHead & { event: 'intent' } & RunIntent;

/** It ended; milliseconds since it began. */
export type AuditOutcome = AuditHead & { event: 'outcome'; environment: string; milliseconds: number } & RunOutcome;

/** One line of `.ops/audit.jsonl`: the kit writes it, `ops` reads it. */
export type AuditLine = AuditIntent | AuditOutcome;

/** What the writer of a line does not add by itself. */
export type AuditFields<Line extends AuditLine> = Omit<Line, 'time' | 'run' | 'task' | 'event'>;
