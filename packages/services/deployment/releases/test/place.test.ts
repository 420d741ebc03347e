import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { placeOf } from '../src/index.ts';
import { temporaryDirectory } from './temporary.ts';

it('is the same for every step of a checkout, and another for any other checkout', async () => {
  await using directory = await temporaryDirectory();
  const state = join(directory.path, '.ops');
  const [first, same] = await Promise.all([placeOf(state), placeOf(state)]);
  expect(same).toBe(first);
  expect(await placeOf(state)).toBe(first);
  expect(await placeOf(join(directory.path, 'other/.ops'))).not.toBe(first);
  // cloned again to the same path
  await rm(state, { recursive: true });
  expect(await placeOf(state)).not.toBe(first);
});
