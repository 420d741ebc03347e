import { describe, expect, it } from 'vitest';
import { nextBatchSize } from '../src/batch-size.ts';

describe('the next batch', () => {
  it('grows by a fifth at most, and shrinks by a half at most', () => {
    expect(nextBatchSize(1000, 500, 10)).toBe(1200);
    expect(nextBatchSize(1000, 500, 60_000)).toBe(500);
    expect(nextBatchSize(1000, 500, 625)).toBe(800);
  });

  it('has at least a row, from which it can grow, and at most two million', () => {
    expect(nextBatchSize(1, 500, 9000)).toBe(1);
    expect(nextBatchSize(1, 500, 1)).toBe(2);
    expect(nextBatchSize(2_000_000, 500, 1)).toBe(2_000_000);
  });

  it('comes to the time it shall take, from either side', () => {
    const perRow = 0.02;
    for (let size of [1, 2_000_000]) {
      for (let batch = 0; batch < 100; batch += 1) size = nextBatchSize(size, 500, size * perRow);
      expect(size * perRow).toBeGreaterThan(450);
      expect(size * perRow).toBeLessThan(550);
    }
  });
});
