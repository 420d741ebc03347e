import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { rest } from '../throttle/wait-until-clear.ts';

const attempts = 6;

/** Somebody else was in the way; smaller and a moment later it may go well. */
const passing = ['LOCK_TIMEOUT', 'CONFLICT', 'STATEMENT_TIMEOUT'];

/**
 * Tries a batch again when a lock, a deadlock or the time limit of a statement
 * ended it, each time with fewer rows.
 */
export async function withRetries<T>(
  session: Session,
  { name, say }: { name: string; say(text: string): void },
  work: (atMost: number | undefined) => Promise<T>,
): Promise<T> {
  let atMost: number | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(atMost);
    } catch (error) {
      if (!(error instanceof OpsError) || !passing.includes(error.code) || attempt === attempts) throw error;
      atMost = fewerRows(attempt);
      say(`${name}: ${error.message}; tries again with at most ${atMost} rows`);
      // Jitter: two that are in each other's way must not come back together.
      await rest(session, 100 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

/** 200, 40, 8, 1, 1. */
function fewerRows(attempt: number): number {
  return Math.max(Math.floor(200 / 5 ** (attempt - 1)), 1);
}
