import { expect, it } from 'vitest';
import { parseDuration, parseSize } from '../src/units.ts';

it.each([
  ['0', 0],
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5s', 1500],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1w', 604_800_000],
  ['1h30m', 5_400_000],
  [' 10s ', 10_000],
])('reads the duration %j as %d ms', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

it.each(['', ' ', '10', '10 s', '-1s', 's', '1x', '30m1h', '1s1s', '1e3s', 'NaN', '.5s', '99999999999999d'])(
  'takes %j for no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

it.each([
  ['0', 0],
  ['512B', 512],
  ['10kB', 10_000],
  ['10MB', 10_000_000],
  ['10 MB', 10_000_000],
  ['1.5GB', 1_500_000_000],
  ['1KiB', 1024],
  ['1gib', 1_073_741_824],
  ['2TiB', 2_199_023_255_552],
])('reads the size %j as %d bytes', (text, expected) => {
  expect(parseSize(text)).toBe(expected);
});

it.each(['', '10', 'MB', '-1MB', '10MBit', '1e3B', '10iB', '9999999TB'])('takes %j for no size', (text) => {
  expect(parseSize(text)).toBeUndefined();
});
