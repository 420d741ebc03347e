export interface BackfillSettings {
  /** Absolute. */
  directory: string;
  projectRoot: string;
  /** Milliseconds that a batch should take. */
  batchTime: number;
  /** How much of the time is work, in percent from 1 to 100. */
  load: number;
  /** What makes a backfill wait; each is the greatest value at which it still runs. */
  replicaLag: number;
  replicaBytes: number;
  walWaiting: number;
  transactionAge: number;
}

export type Limits = Pick<BackfillSettings, 'replicaLag' | 'replicaBytes' | 'walWaiting' | 'transactionAge'>;
