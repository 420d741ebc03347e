import type { Sample } from './fit-cost.ts';

/** While at work, rests left out; undefined when nothing was done yet. */
export function rowsPerSecond({ rows, milliseconds }: Sample): number | undefined {
  return milliseconds === 0 ? undefined : (rows / milliseconds) * 1000;
}

/**
 * Seconds that further rows will take, rests included.
 *
 * @param done what rows took so far
 * @param load how much of the time is work, in percent
 */
export function secondsLeft(rows: number, done: Sample, load: number): number {
  if (done.rows === 0) return 0;
  return (Math.max(rows, 0) * (done.milliseconds / done.rows) * (100 / load)) / 1000;
}
