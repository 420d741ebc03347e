import { describe, expect, it } from 'vitest';
import { rowsPerSecond, secondsLeft } from '../src/batch/estimate.ts';
import { restAfter } from '../src/batch/rest.ts';
import { wallClock } from '../src/clock.ts';

it.each([
  [100, 0],
  [50, 8],
  [20, 32],
  [5, 152],
  [1, 792],
])('at a load of %s of 100 a batch of 8 ms is followed by a rest of %s ms', (load, rest) => {
  expect(restAfter(8, load)).toBeCloseTo(rest, 9);
  expect((8 / (8 + restAfter(8, load))) * 100).toBeCloseTo(load, 9);
});

describe('an estimate', () => {
  it('of the rate leaves rests out', () => {
    expect(rowsPerSecond({ rows: 500, milliseconds: 250 })).toBe(2000);
    expect(rowsPerSecond({ rows: 0, milliseconds: 0 })).toBeUndefined();
  });

  it('of the time left has them in it', () => {
    expect(secondsLeft(4000, { rows: 500, milliseconds: 250 }, 100)).toBe(2);
    expect(secondsLeft(4000, { rows: 500, milliseconds: 250 }, 5)).toBe(40);
    expect(secondsLeft(-1, { rows: 500, milliseconds: 250 }, 5)).toBe(0);
    expect(secondsLeft(4000, { rows: 0, milliseconds: 0 }, 5)).toBe(0);
  });
});

describe('the clock on the wall', () => {
  it('sleeps as long as it is told, and not at all for nothing', async () => {
    const begun = wallClock.now();
    await wallClock.sleep(30, undefined);
    expect(wallClock.now() - begun).toBeGreaterThan(25);
    const timers: unknown[] = [];
    setImmediate(() => timers.push('other things'));
    await wallClock.sleep(0, undefined);
    expect(timers).toEqual([]);
  });

  it('ends at once with the reason when the task must stop, also when there is nothing to sleep', async () => {
    const stop = new AbortController();
    const sleeping = wallClock.sleep(60_000, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(sleeping).rejects.toThrow('stopped');
    await expect(wallClock.sleep(0, stop.signal)).rejects.toThrow('stopped');
  });
});
