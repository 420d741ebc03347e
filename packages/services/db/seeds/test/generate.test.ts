import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { generateText } from '../src/generate/generate-text.ts';
import { createRandom } from '../src/index.ts';

const textOf = async (rows: Iterable<object> | AsyncIterable<object>): Promise<string> => {
  let text = '';
  for await (const piece of generateText('towns', { seed: 1, rows: () => rows }, createHash('sha256'))) text += piece;
  return text;
};

it('draws the same for the same seed, in any version of this program', () => {
  const random = createRandom(42);
  expect([
    random.integer(1, 6),
    random.integer(1, 1_000_000),
    random.pick(['a', 'b', 'c']),
    random.chance(0.5),
  ]).toEqual([2, 21226, 'c', true]);
  expect(createRandom(42).fraction()).toBe(createRandom(42).fraction());
  expect(createRandom(42).fraction()).not.toBe(createRandom(43).fraction());
});

it('refuses to draw where there is nothing to draw from', () => {
  expect(() => createRandom(1).integer(2, 1)).toThrow('integer(2, 1)');
  expect(() => createRandom(1).pick([])).toThrow('the list is empty');
});

it('keeps what JSON would lose', async () => {
  expect(await textOf([{ a: 12345678901234567890n, b: NaN, c: new Date(0), d: undefined, e: [-Infinity] }])).toBe(
    '{"a":12345678901234567890,"b":"NaN","c":"1970-01-01T00:00:00.000Z","e":["-Infinity"]}\n',
  );
  await expect(textOf([{ a: () => 1 }])).rejects.toMatchObject({ code: 'SEED_GENERATOR_FAILED', exitCode: 78 });
  await expect(textOf([{ a: new Date('never') }])).rejects.toThrow('a is an invalid date');
});

it('asks for no more rows than it hands on, and lets the function end', async () => {
  let made = 0;
  let isEnded = false;
  const endless = function* (): Generator<object> {
    try {
      for (;;) {
        made += 1;
        yield { name: `row ${made}` };
      }
    } finally {
      isEnded = true;
    }
  };
  const text = generateText('towns', { seed: 1, rows: endless }, createHash('sha256'));
  for (let piece = 1; piece <= 10; piece += 1) {
    const { value } = await text.next();
    expect(value!.length).toBeLessThan(70_000);
    expect(made).toBeLessThan(piece * 5000);
  }
  await text.return(undefined);
  expect(isEnded).toBe(true);
});
