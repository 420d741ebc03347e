import type { Clock } from '@opsgraph/pacing';
import { describe, expect, it } from 'vitest';
import { ways } from './counted-rows.ts';
import { useBackfill } from './use-backfill.ts';

const project = useBackfill(
  `CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0);
   INSERT INTO t (id) SELECT n FROM generate_series(1, 20000) AS n`,
);

/** Sleeping takes time on it, but none of ours. */
function recordedClock(): Clock & { slept(): number } {
  let slept = 0;
  return {
    slept: () => slept,
    now: () => performance.now() + slept,
    async sleep(milliseconds) {
      slept += milliseconds;
    },
  };
}

describe.each(['set', 'work'] as const)('by %s', (way) => {
  it.each([
    [5, 19],
    [50, 1],
    [100, 0],
  ])('at a load of %s of 100 it rests %s times as long as it works, from beginning to end', async (load, times) => {
    await project.define('count', `table: 't', key: 'id', rows: 'true', done: 'every-row-visited', ${ways[way]}`);
    const clock = recordedClock();
    const begun = performance.now();
    const { results } = await project.run({ batchTime: 1, load, clock });
    const took = performance.now() - begun;
    expect(results).toMatchObject([{ visited: 20_000, worked: 20_000, waited: 0 }]);
    expect(await project.times()).toEqual([{ times: 1, rows: 20_000 }]);
    const { busy, batches } = results[0]!;
    expect(clock.slept()).toBeCloseTo(busy * times, 3);
    // What counts as work was work: each batch some of it, and all of them no more than there was time.
    expect(busy).toBeGreaterThan(0.1 * batches);
    expect(busy).toBeLessThan(took);
    expect(await project.query('SELECT batches FROM ops.backfill')).toEqual([{ batches }]);
  });
});
