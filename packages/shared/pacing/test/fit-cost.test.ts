import { mulberry32 } from '@opsgraph/testing';
import { describe, expect, it } from 'vitest';
import { fitCost, isFarTooLong, type Sample } from '../src/batch/fit-cost.ts';

const line = (rows: number): Sample => ({ rows, milliseconds: 3 + 0.02 * rows });

it('finds the line that samples are on', () => {
  const { fixed, perRow } = fitCost([100, 400, 900, 100].map(line));
  expect(perRow).toBeCloseTo(0.02, 9);
  expect(fixed).toBeCloseTo(3, 9);
});

it('is not moved far by three of 32 that are nonsense, in 300 random cases', () => {
  const random = mulberry32(1);
  for (let at = 0; at < 300; at += 1) {
    const samples = Array.from({ length: 32 }, (_, one) => line(one % 4 === 3 ? 250 : 1000));
    for (let wrong = 0; wrong < 3; wrong += 1) samples[Math.floor(32 * random())]!.milliseconds += 5000 * random();
    const { fixed, perRow } = fitCost(samples);
    expect(perRow, `case ${at}`).toBeCloseTo(0.02, 9);
    expect(fixed, `case ${at}`).toBeCloseTo(3, 9);
  }
});

it('counts all time as that of rows while too few differ in size', () => {
  expect(fitCost([{ rows: 100, milliseconds: 5 }])).toEqual({ fixed: 0, perRow: 0.05 });
  expect(fitCost([100, 90, 110, 100].map((rows) => ({ rows, milliseconds: rows / 10 })))).toEqual({
    fixed: 0,
    perRow: 0.1,
  });
  expect(fitCost([100, 200].map(line)).fixed).toBe(0);
  expect(fitCost([100, 200, 400].map(line)).fixed).toBeCloseTo(3, 9);
  expect(fitCost([400, 200, 100].map(line)).fixed).toBeCloseTo(3, 9);
});

it('takes a pair whose sizes differ by a quarter, and none that differs by less', () => {
  expect(fitCost([75, 100, 75, 100].map(line)).fixed).toBeCloseTo(3, 9);
  expect(fitCost([76, 100, 76, 100].map(line)).fixed).toBe(0);
});

it('knows no row and no batch that costs less than nothing', () => {
  expect(fitCost([10, 20, 40].map((rows) => ({ rows, milliseconds: 100 - rows }))).perRow).toBe(0);
  expect(fitCost([10, 20, 40].map((rows) => ({ rows, milliseconds: rows * rows }))).fixed).toBe(0);
  const none = { rows: 0, milliseconds: 5 };
  expect(fitCost([none])).toEqual({ fixed: 0, perRow: 5 });
  expect(fitCost([none, none, none, none])).toEqual({ fixed: 0, perRow: 5 });
});

it('looks only at batches near each other: costs that change along the table make no slope', () => {
  const dearer = Array.from({ length: 24 }, (_, at) => ({
    rows: at < 12 ? 1000 : 250,
    milliseconds: at < 12 ? 20 : 40,
  }));
  const probed = dearer.map((one, at) =>
    at % 4 === 3 ? { rows: one.rows / 4, milliseconds: one.milliseconds / 4 } : one,
  );
  expect(fitCost(probed).perRow).toBeGreaterThan(0.019);
});

describe('a batch took far too long', () => {
  const sizes = Array.from({ length: 12 }, (_, at) => (at % 4 === 3 ? 250 : 1000));

  it('when it took more than twice what the line says', () => {
    const others = sizes.map(line);
    expect(isFarTooLong({ rows: 1000, milliseconds: 45.9 }, others)).toBe(false);
    expect(isFarTooLong({ rows: 1000, milliseconds: 46.1 }, others)).toBe(true);
    expect(isFarTooLong({ rows: 250, milliseconds: 16.1 }, others)).toBe(true);
  });

  it('and as much as five times what others differ by, over or under the line', () => {
    const off = [4, -4, 0, 0];
    const others = sizes.map((rows, at) => ({ rows, milliseconds: line(rows).milliseconds + off[at % 4]! }));
    expect(isFarTooLong({ rows: 1000, milliseconds: 65.9 }, others)).toBe(false);
    expect(isFarTooLong({ rows: 1000, milliseconds: 66.1 }, others)).toBe(true);
  });

  it('never while there are fewer than three others', () => {
    expect(isFarTooLong({ rows: 1, milliseconds: 9000 }, [line(1), line(1)])).toBe(false);
    expect(isFarTooLong({ rows: 1, milliseconds: 9000 }, [line(1), line(1), line(1)])).toBe(true);
  });
});
