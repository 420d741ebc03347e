import { describe, expect, it } from 'vitest';
import { nextBatchSize } from '../src/batch/batch-size.ts';
import { worthwhile } from '../src/batch/empty-question.ts';

describe('the next batch', () => {
  it('grows and shrinks by a fifth at most; one that took far too long is halved', () => {
    expect(nextBatchSize(1000, 500, 10)).toBe(1200);
    expect(nextBatchSize(1000, 500, 550)).toBe(909);
    expect(nextBatchSize(1000, 4, 60)).toBe(800);
    expect(nextBatchSize(1000, 500, 60_000)).toBe(500);
  });

  it('has at least 20 rows, from which it can grow, and at most two million', () => {
    expect(nextBatchSize(20, 500, 9000)).toBe(20);
    expect(nextBatchSize(20, 500, 1)).toBe(24);
    expect(nextBatchSize(1, 500, 1)).toBe(20);
    expect(nextBatchSize(2_000_000, 500, 1)).toBe(2_000_000);
  });

  it('comes to the time it should take, from either side', () => {
    const perRow = 0.02;
    for (let size of [20, 2_000_000]) {
      for (let batch = 0; batch < 100; batch += 1) size = nextBatchSize(size, 500, size * perRow);
      expect(size * perRow).toBeGreaterThan(450);
      expect(size * perRow).toBeLessThan(550);
    }
  });

  it('is not dragged down by hiccups of the machine', () => {
    let size = 1000;
    // Each fourth batch is held up for longer than it works.
    for (let batch = 0; batch < 400; batch += 1)
      size = nextBatchSize(size, 4, size * 0.005 + (batch % 4 === 0 ? 10 : 0));
    expect(size).toBeGreaterThan(600);
  });
});

describe('the time of a batch', () => {
  it('is as configured where a question about nothing is answered at once, however far the server is', () => {
    expect(worthwhile(1, { roundTrip: Number.POSITIVE_INFINITY, empty: [] })).toBe(1);
    expect(worthwhile(1, { roundTrip: 0.1, empty: [0.1, 0.15, 0.12] })).toBe(1);
    expect(worthwhile(1, { roundTrip: 80, empty: [80, 80.05, 80.1] })).toBe(1);
  });

  it('is ten answers to nothing where each waits for a processor, and not for ever', () => {
    expect(worthwhile(1, { roundTrip: 1, empty: [5, 1, 6] })).toBe(40);
    expect(worthwhile(500, { roundTrip: 1, empty: [5, 1, 6] })).toBe(500);
    expect(worthwhile(1, { roundTrip: 1, empty: [400, 500, 600] })).toBe(250);
  });

  it('ignores a hiccup', () => {
    expect(worthwhile(1, { roundTrip: 0.1, empty: [0.1, 0.1, 90, 0.1, 0.1] })).toBe(1);
  });
});
