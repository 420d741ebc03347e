import type { Timing } from './bench.ts';

export interface Contender {
  name: string;
  /** Not timed: makes the state the run starts from. */
  prepare?(): Promise<unknown>;
  /** Timed, unless it says itself how many milliseconds it took. */
  run(): Promise<unknown>;
  /** Not timed: throws when the work was not done. */
  verify?(): Promise<unknown>;
}

/**
 * Runs the contenders in turn (A B C, B C A, …), so that whatever the machine
 * does beside it meets all of them. One more round before the others fills
 * caches and is not counted, unless `isWarm`.
 */
export async function compare(
  contenders: readonly Contender[],
  rounds: number,
  isWarm = false,
): Promise<[Timing, ...Timing[]]> {
  const timings = contenders.map(({ name }): Timing => ({ name, milliseconds: [] }));
  for (let round = isWarm ? 0 : -1; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const index = (turn + Math.max(round, 0)) % contenders.length;
      const { prepare, run, verify } = contenders[index]!;
      await prepare?.();
      const begun = performance.now();
      const own = await run();
      const taken = typeof own === 'number' ? own : performance.now() - begun;
      await verify?.();
      if (round >= 0) timings[index]!.milliseconds.push(taken);
    }
  }
  return timings as [Timing, ...Timing[]];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The smallest value that at least this share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? Number.NaN;
}

export function medianOf(timings: readonly Timing[], name: string): number {
  const found = timings.find((timing) => timing.name === name);
  if (found === undefined) throw new Error(`nothing was measured as ${name}`);
  return median(found.milliseconds);
}

/** How many times as long as `other` it took: the ratio of the medians. */
export function ratio(timings: readonly Timing[], name: string, other: string): number {
  return medianOf(timings, name) / medianOf(timings, other);
}
