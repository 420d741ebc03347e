import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@opsgraph/postgres';
import { isConflict } from '../migration-error.ts';

const attempts = 5;

/**
 * Repeats what ended for a lock_timeout or a deadlock, with growing pauses and
 * jitter, so that those who queued behind our lock request get through. Each
 * attempt, the last one too, runs with the session's lock_timeout.
 */
export async function retryPassing<T>(session: Session, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !isConflict(error)) throw error;
      await sleep(100 * 2 ** attempt * (0.5 + Math.random()), undefined, {
        ...(session.signal && { signal: session.signal }),
      }).catch(() => session.signal?.throwIfAborted());
    }
  }
}
