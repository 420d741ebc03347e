export const firstBatchSize = 1000;
const largest = 2_000_000;

/**
 * How many rows the next batch shall have, from how long this one took: the
 * step is bounded, down by a half, up by a fifth, so that one odd batch does
 * not make the next one block a table.
 *
 * @param target milliseconds
 * @param actual milliseconds
 */
export function nextBatchSize(size: number, target: number, actual: number): number {
  const step = Math.min(Math.max(target / Math.max(actual, 0.001), 0.5), 1.2);
  // Rounded up when growing: a batch of one row must be able to grow.
  const next = step > 1 ? Math.ceil(size * step) : Math.floor(size * step);
  return Math.min(Math.max(next, 1), largest);
}
