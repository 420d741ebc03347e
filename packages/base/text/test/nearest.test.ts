import { expect, it } from 'vitest';
import { didYouMean, nearest } from '../src/nearest.ts';

it.each([
  ['sed', 'seed'],
  ['SEED', 'seed'],
  ['Databse', 'database'],
  ['lock_wait', 'lock-wait'],
  ['nothing-like-it', undefined],
])('takes %s for %s', (written, meant) => {
  expect(nearest(written, ['seed', 'database', 'lock-wait'])).toBe(meant);
});

it('finds nothing among no names', () => {
  expect(nearest('seed', [])).toBeUndefined();
});

it('compares without the prefix, and offers the name with it', () => {
  expect(didYouMean('--evn', ['env', 'json'], '--')).toBe('; did you mean --env?');
  expect(didYouMean('jsn', ['env', 'json'], '--')).toBe('; did you mean --json?');
  expect(didYouMean('entirely-else', ['env', 'json'], '--')).toBe('');
});
