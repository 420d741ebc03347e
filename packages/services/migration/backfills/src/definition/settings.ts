import type { Limits } from '@opsgraph/pacing';

/** With the limits at which a backfill waits. */
export interface BackfillSettings extends Limits {
  /** Absolute. */
  directory: string;
  projectRoot: string;
  /** Milliseconds that a batch should take. */
  batchTime: number;
  /** How much of the time is work, in percent from 1 to 100. */
  load: number;
}
