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
      // What waits forever takes no time here, and would not even let the time limit of the test come.
      if (slept.push(milliseconds) > 1000) throw new Error('it does not end');
      time += milliseconds;
    },
  };
}
