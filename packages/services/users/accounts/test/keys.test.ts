import { expect, it } from 'vitest';
import { base62, randomBase62 } from '../src/keys/base62.ts';
import { keyId, makeKey } from '../src/keys/key.ts';

const key = makeKey('sim');
const text = key.secret.reveal();

it('has a prefix that scanners find, and one unbroken word behind it', () => {
  expect(text).toMatch(/^sim_[0-9A-Za-z]{46}$/);
  expect(keyId(text)).toBe(key.publicId);
  expect(String(key.secret)).not.toContain(text);
});

it('has more than 160 random bits besides its public id', () => {
  expect(30 * Math.log2(62)).toBeGreaterThan(160);
  const made = Array.from({ length: 2000 }, () => randomBase62(30));
  expect(new Set(made).size).toBe(2000);
  const counts = Map.groupBy(made.join(''), (digit) => digit);
  expect(counts.size).toBe(62);
  // 60,000 digits, 968 of each on the average, standard deviation 31
  for (const [digit, { length }] of counts) expect(Math.abs(length - 60_000 / 62), digit).toBeLessThan(6 * 31);
});

it('tells every mistyped character by its check digits', () => {
  for (let index = 0; index < text.length; index += 1) {
    for (const other of ['0', 'Z', 'q']) {
      if (text[index] === other) continue;
      expect(keyId(text.slice(0, index) + other + text.slice(index + 1)), `${index} → ${other}`).toBeUndefined();
    }
  }
});

it('has as check digits the CRC-32 that other programs compute', () => {
  // python3: zlib.crc32(b'sim_El9DxGrIv6K86O4BRYoJj2Z8hLgAeBD1Leqi9178') → 2291633044
  expect(base62(2_291_633_044)).toBe('2V5SRI');
  expect(base62(0)).toBe('000000');
  expect(base62(4_294_967_295)).toBe('4gfFC3');
});

it.each([
  ['undefined', undefined],
  ['a number', 7],
  ['an object', {}],
  ['nothing', ''],
  ['another prefix with digits of ours', `gh${text}`],
  ['blanks around it', ` ${text} `],
  ['a line end behind it', `${text}\n`],
  ['a megabyte', 'sim_'.padEnd(1_000_000, 'a')],
  ['characters of no alphabet', `sim_${'\u0430'.repeat(46)}`],
  ['NULs', `sim_${'\0'.repeat(46)}`],
  ['half of it', text.slice(0, 25)],
])('is not mistaken for %s', (_, presented) => {
  expect(keyId(presented)).toBeUndefined();
});

it('has a prefix of 2 to 16 characters, and nothing before it, whatever its check digits say', () => {
  for (const prefix of ['ab', 'a'.repeat(16)]) {
    const made = makeKey(prefix);
    expect(keyId(made.secret.reveal()), prefix).toBe(made.publicId);
  }
  for (const prefix of ['a', 'a'.repeat(17), ' sim', 'x-sim', '1sim'])
    expect(keyId(makeKey(prefix).secret.reveal()), prefix).toBeUndefined();
});
