import type { Target, Timing } from './bench.ts';
import { formatMilliseconds, formatRatio } from './format.ts';
import { medianOf, ratio } from './measure.ts';

/** `name` takes at most `limit` times as long as `other`. */
export function atMostTimes(
  timings: readonly Timing[],
  what: string,
  name: string,
  limit: number,
  other: string,
): Target {
  const found = ratio(timings, name, other);
  return {
    wanted: `${what}: at most ${limit} × ${other}`,
    measured: `${formatRatio(found)} ×`,
    isMet: found <= limit,
  };
}

/** `name` is at least `limit` times as fast as `other`. */
export function atLeastSpeed(
  timings: readonly Timing[],
  what: string,
  name: string,
  limit: number,
  other: string,
): Target {
  const found = ratio(timings, other, name);
  return {
    wanted: `${what}: at least ${limit} × the speed of ${other}`,
    measured: `${formatRatio(found)} ×`,
    isMet: found >= limit,
  };
}

/** `name` is faster than each of `others`. */
export function fasterThan(timings: readonly Timing[], what: string, name: string, others: readonly string[]): Target {
  const own = medianOf(timings, name);
  const slower = others.filter((other) => medianOf(timings, other) <= own);
  const best = Math.min(...others.map((other) => medianOf(timings, other)));
  return {
    wanted: `${what}: faster than ${others.join(', ')}`,
    measured: `${formatMilliseconds(own)}, the best of them ${formatMilliseconds(best)}${slower.length > 0 ? `; slower than ${slower.join(', ')}` : ''}`,
    isMet: slower.length === 0,
  };
}
