import { OpsError } from '@opsgraph/errors';
import type { Pace } from '../pace.ts';

const attempts = 6;
/** Rows of which a fifth is tried next, then a fifth of that: of larger batches so many. */
const most = 1000;

/** Another session was in the way; smaller and a moment later it may go well. */
const passing = ['LOCK_TIMEOUT', 'CONFLICT', 'STATEMENT_TIMEOUT'];

/**
 * Tries a batch again when a lock, a deadlock, a serialization failure or the
 * time limit of a statement ended it, each time with fewer rows.
 *
 * @param rows that it has at first
 */
export async function withRetries<T>(
  { name, clock, info }: Pick<Pace, 'name' | 'clock' | 'info'>,
  signal: AbortSignal | undefined,
  rows: number,
  work: (rows: number) => Promise<T>,
): Promise<T> {
  let fewer = rows;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(fewer);
    } catch (error) {
      if (!(error instanceof OpsError) || !passing.includes(error.code) || attempt === attempts) throw error;
      fewer = Math.max(Math.floor(Math.min(rows, most) / 5 ** attempt), 1);
      info(`${name}: ${error.message}; retrying with at most ${fewer} rows`);
      // Jitter: two that are in each other's way must not come back together.
      await clock.sleep(100 * 2 ** attempt * (0.5 + Math.random()), signal);
    }
  }
}
