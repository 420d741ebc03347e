import { setTimeout as sleep } from 'node:timers/promises';

/** Where the time comes from and goes to; a test brings one that keeps a record. */
export interface Clock {
  /** Milliseconds since some moment; it never goes back. */
  now(): number;
  /**
   * @param milliseconds none ends at once
   * @throws the signal's reason as soon as it aborts, also when there is nothing to wait for
   */
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
}

export const wallClock: Clock = {
  now: () => performance.now(),
  async sleep(milliseconds, signal) {
    // Node makes a millisecond of less than one.
    if (milliseconds > 0) await sleep(milliseconds, undefined, signal && { signal }).catch(() => {});
    signal?.throwIfAborted();
  },
};
