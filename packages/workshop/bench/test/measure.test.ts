import { expect, test } from 'vitest';
import { compare, median, ratio } from '../src/measure.ts';

test('contenders take turns, and another one begins each round', async () => {
  const order: string[] = [];
  const contender = (name: string) => ({ name, run: async () => void order.push(name) });
  await compare(['a', 'b', 'c'].map(contender), 3, true);
  expect(order.join('')).toBe('abcbcacab');
});

test('the round that fills caches is run and not counted', async () => {
  let runs = 0;
  const [timing] = await compare([{ name: 'a', run: async () => ++runs }], 2);
  expect(runs).toBe(3);
  expect(timing.milliseconds).toEqual([2, 3]);
});

test('a contender that did not do its work fails the bench', async () => {
  const verify = () => Promise.reject(new Error('left 3 rows of 4'));
  await expect(compare([{ name: 'a', run: async () => 1, verify }], 1)).rejects.toThrow('left 3 rows of 4');
});

test('the median of an even number of runs lies between the two in the middle', () => {
  expect(median([4, 1, 3, 100])).toBe(3.5);
  expect(median([5, 1, 3])).toBe(3);
});

test('a ratio is one of medians', () => {
  const timings = [
    { name: 'a', milliseconds: [10, 20, 1000] },
    { name: 'b', milliseconds: [10, 10, 10] },
  ];
  expect(ratio(timings, 'a', 'b')).toBe(2);
});
