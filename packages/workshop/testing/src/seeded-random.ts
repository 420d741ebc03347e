import { randomInt } from 'node:crypto';

/**
 * Random numbers from 0 to 1 for a test that must not always do the same. Prints the seed they come from; with
 * OPS_TEST_SEED they are those of the run that printed it.
 */
export function seededRandom(): () => number {
  const seed = Number(process.env['OPS_TEST_SEED'] ?? randomInt(2 ** 31));
  process.stderr.write(`random draws: OPS_TEST_SEED=${seed}\n`);
  return mulberry32(seed);
}

/** Numbers from 0 to 1, always the same for a seed. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
