import type { Clock } from '../src/clock.ts';

/** A clock on which only sleeping takes time, none of it real, and that remembers how long each sleep was. */
export function recordedClock(): Clock & { slept: number[] } {
  let time = 1000;
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      time += milliseconds;
    },
  };
}
