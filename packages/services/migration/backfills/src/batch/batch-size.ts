/** Few: what a row costs is not known yet. */
export const firstBatchSize = 100;
/** Below it a batch costs more than its rows do; on a busy machine it would come to nothing. */
const smallest = 20;
const largest = 2_000_000;
/** Milliseconds beyond the target that are no mere hiccup of the machine. */
const farTooLong = 100;

/**
 * How many rows the next batch should have, from how long this one took. The
 * step is bounded, up and down by a fifth, so that the size follows what
 * batches take as a rule, and one odd batch does not make the next one block a
 * table. One that took far too long is halved.
 *
 * @param target milliseconds
 * @param actual milliseconds
 */
export function nextBatchSize(size: number, target: number, actual: number): number {
  const least = actual - target > farTooLong ? 0.5 : 0.8;
  const step = Math.min(Math.max(target / Math.max(actual, 0.001), least), 1.2);
  return Math.min(Math.max(Math.round(size * step), smallest), largest);
}
