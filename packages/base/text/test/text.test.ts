import { describe, expect, it } from 'vitest';
import {
  agree,
  aligned,
  count,
  exactDuration,
  formatBytes,
  formatDuration,
  formatNumber,
  table,
} from '../src/index.ts';

describe('numbers', () => {
  it.each([
    [count(0, 'row'), '0 rows'],
    [count(1, 'row'), '1 row'],
    [count(1200, 'row'), '1,200 rows'],
    [count(1, 'entry', 'entries'), '1 entry'],
    [count(2, 'entry', 'entries'), '2 entries'],
    [agree(1, 'was', 'were'), 'was'],
    [agree(0, 'was', 'were'), 'were'],
    [formatNumber(1_234_567), '1,234,567'],
  ])('%s', (written, expected) => {
    expect(written).toBe(expected);
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [16_384, '16 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [1_500_000_000, '1.5 GB'],
    [2e15, '2000.0 TB'],
  ])('writes %d as %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });
});

describe('durations', () => {
  it.each([
    [0, '0.00 s'],
    [345, '0.34 s'],
    [3210, '3.2 s'],
    [9970, '10 s'],
    [59_000, '59 s'],
    [59_700, '1 min'],
    [179_600, '3 min'],
    [200_000, '3 min 20 s'],
    [3_599_600, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_399_000, '1 d'],
    [100_800_000, '1 d 4 h'],
  ])('writes %d ms as %s for people', (milliseconds, expected) => {
    expect(formatDuration(milliseconds)).toBe(expected);
  });

  it.each([
    [90 * 86_400_000, '90d'],
    [5_400_000, '1h30m'],
    [1500, '1s500ms'],
    [0, '0'],
  ])('writes %d ms as %s for the configuration', (milliseconds, expected) => {
    expect(exactDuration(milliseconds)).toBe(expected);
  });
});

describe('a table', () => {
  it('lines columns up, and ends no line with spaces', () => {
    expect(
      table([
        ['ana', 'admin', 'active'],
        ['miles', 'user', ''],
      ]),
    ).toEqual(['ana    admin  active', 'miles  user']);
  });

  it('makes a column no wider for a last cell that stands in it', () => {
    expect(table([['one sentence that nothing follows'], ['a', 'b'], ['long', 'c']])).toEqual([
      'one sentence that nothing follows',
      'a     b',
      'long  c',
    ]);
  });

  it('keeps a cell on its line whatever is in it', () => {
    expect(
      table([
        ['a\nb', 'c'],
        ['\u001b[2J', 'd'],
      ]),
    ).toEqual(['a\\nb       c', '\\u001b[2J  d']);
  });

  it('is empty without rows', () => {
    expect(aligned([])).toEqual([]);
  });
});
