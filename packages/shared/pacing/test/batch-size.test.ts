import { mulberry32 } from '@opsgraph/testing';
import { describe, expect, it } from 'vitest';
import { nextBatchSize, remember, rowsOfBatch } from '../src/batch/batch-size.ts';
import { waitingTime } from '../src/batch/empty-question.ts';
import { median, type Sample } from '../src/batch/fit-cost.ts';
import { type Machine, type Met, startMachine } from './machine.ts';

const machines = 60;

/** Batches one after the other, as runInBatches does them. */
function work(machine: Machine, { batchTime, seed, batches = 300 }: Input): Met[] {
  const server = startMachine(machine, mulberry32(seed));
  const met: Met[] = [];
  let size = 100;
  let empty: number[] = [];
  let recent: readonly Sample[] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const one = server.batch(batch, size, rowsOfBatch(size, batch));
    met.push(one);
    recent = remember(recent, one);
    if (batch % 8 === 0) empty = [...empty, server.emptyQuestion()].slice(-9);
    const waiting = waitingTime({ roundTrip: 0, empty });
    size = nextBatchSize({ size, recent, batchTime, waiting });
  }
  return met;
}

interface Input {
  batchTime: number;
  seed: number;
  batches?: number;
}

const medianOf = (met: readonly Met[], of: (one: Met) => number): number => median(met.map(of));
const isFull = ({ size, rows }: Met): boolean => rows === size;
const sum = (met: readonly Met[], of: (one: Met) => number): number => met.reduce((total, one) => total + of(one), 0);

/** As many machines, each with other costs, and what is asked of every one of them. */
function everyMachine(check: (random: () => number, seed: number) => void): void {
  for (let seed = 1; seed <= machines; seed += 1) check(mulberry32(seed * 7919), seed);
}
/** Evenly by orders of magnitude. */
const between = (random: () => number, least: number, most: number): number => least * (most / least) ** random();

describe('on any machine', () => {
  it('with an idle processor a batch takes the time it should, planning and commit included', () => {
    everyMachine((random, seed) => {
      const [batchTime, fixed] = [between(random, 1, 500), between(random, 0.1, 0.4)];
      const cost = between(random, 0.001, 0.02);
      const met = work({ fixed, perRow: () => cost, waiting: 0.01 }, { batchTime, seed }).slice(-100);
      const took = medianOf(met.filter(isFull), ({ milliseconds }) => milliseconds);
      expect(took / batchTime, `machine ${seed}`).toBeGreaterThan(0.85);
      expect(took / batchTime, `machine ${seed}`).toBeLessThan(1.15);
    });
  });

  it('without an idle processor rows get at least a quarter of the time, and lock no longer than is allowed', () => {
    everyMachine((random, seed) => {
      const [batchTime, waiting] = [between(random, 1, 500), between(random, 5, 150)];
      const cost = between(random, 0.005, 0.1);
      const met = work({ fixed: 1, perRow: () => cost, waiting }, { batchTime, seed }).slice(-200);
      const share = sum(met, (one) => one.work) / sum(met, (one) => one.milliseconds);
      expect(share, `machine ${seed}, work of the time`).toBeGreaterThan(0.25);
      const allowed = Math.max(batchTime, 250);
      expect(medianOf(met, (one) => one.work) / allowed, `machine ${seed}, as a rule`).toBeLessThan(1.5);
      expect(Math.max(...met.map((one) => one.work)) / allowed, `machine ${seed}, at most`).toBeLessThan(6);
    });
  });

  it('hiccups of up to a second in one batch of ten change little', () => {
    everyMachine((random, seed) => {
      const [batchTime, hiccups] = [between(random, 1, 500), between(random, 10, 1000)];
      const cost = between(random, 0.001, 0.02);
      const machine: Machine = { fixed: 0.3, perRow: () => cost, waiting: 0.01 };
      const calm = medianOf(work(machine, { batchTime, seed }).slice(-150), ({ size }) => size);
      const shaken = medianOf(work({ ...machine, hiccups }, { batchTime, seed }).slice(-150), ({ size }) => size);
      expect(shaken / calm, `machine ${seed}`).toBeGreaterThan(0.75);
      expect(shaken / calm, `machine ${seed}`).toBeLessThan(1.25);
    });
  });

  it('rows that become twenty times dearer make batches small within ten, those that become cheaper large within forty', () => {
    everyMachine((random, seed) => {
      const batchTime = between(random, 5, 500);
      const [cheap, dear] = [0.002, 0.04];
      const change = (before: number, after: number): Machine => ({
        fixed: 0.3,
        perRow: (batch) => (batch < 150 ? before : after),
        waiting: 0.01,
      });
      const dearer = work(change(cheap, dear), { batchTime, seed });
      expect(Math.max(...dearer.slice(160).map((one) => one.work)) / batchTime, `machine ${seed}`).toBeLessThan(2.5);
      const cheaper = work(change(dear, cheap), { batchTime, seed });
      const full = cheaper.slice(190, 230).filter(isFull);
      expect(medianOf(full, (one) => one.work) / batchTime, `machine ${seed}`).toBeGreaterThan(0.7);
    });
  });
});

describe('the next batch', () => {
  const steady = (perRow: number, fixed = 0.4): Sample[] =>
    Array.from({ length: 12 }, (_, at) => rowsOfBatch(1000, at)).map((rows) => ({
      rows,
      milliseconds: fixed + perRow * rows,
    }));
  const next = (recent: Sample[], batchTime = 100, waiting = 0): number =>
    nextBatchSize({ size: 1000, recent, batchTime, waiting });

  it('has the rows that fit beside what a batch costs without any', () => {
    expect(next(steady(0.09, 10))).toBe(1000);
    expect(next(steady(0.1, 20))).toBe(800);
    expect(next(steady(0.08, 20))).toBe(1000);
  });

  it('grows by half and shrinks to half at most', () => {
    expect(next(steady(0.0001))).toBe(1500);
    expect(next(steady(50))).toBe(500);
  });

  it('has at least 20 rows and at most two million', () => {
    const one = { batchTime: 1, waiting: 0 };
    expect(nextBatchSize({ ...one, size: 30, recent: [{ rows: 30, milliseconds: 9000 }] })).toBe(20);
    expect(nextBatchSize({ ...one, size: 1, recent: [{ rows: 1, milliseconds: 0.1 }] })).toBe(20);
    expect(nextBatchSize({ ...one, size: 1_900_000, recent: [{ rows: 1_900_000, milliseconds: 0.1 }] })).toBe(
      2_000_000,
    );
  });

  it('gives rows ten times what a question waits, or as much as a batch costs without any, up to 250 ms', () => {
    expect(next(steady(0.1, 0.4), 1, 8)).toBe(800);
    expect(next(steady(0.1, 70), 1, 0)).toBe(700);
    expect(next(steady(0.25, 600), 1, 300)).toBe(1000);
    expect(next(steady(0.25, 600), 600, 300)).toBe(1000);
  });

  it('is half when the latest took far too long and longer than it may, whatever those before say', () => {
    const latest = (milliseconds: number, perRow = 0.09): Sample[] => [...steady(perRow), { rows: 1000, milliseconds }];
    expect(next(latest(250))).toBe(500);
    expect(next(latest(150))).toBe(1107);
    expect(next([...steady(0.09).slice(0, 2), { rows: 1000, milliseconds: 250 }]), 'too few to tell').toBe(1106);
    expect(next(latest(99, 0.001))).toBe(1500);
    expect(next(latest(101, 0.001))).toBe(500);
  });
});

describe('what is remembered', () => {
  const of = (milliseconds: number): Sample => ({ rows: 100, milliseconds });

  it('is the latest 32 batches', () => {
    const many = Array.from({ length: 40 }, (_, at) => of(at));
    const kept = many.reduce<readonly Sample[]>(remember, []);
    expect(kept).toEqual(many.slice(8));
  });

  it('is nothing from before three in a row that took far too long', () => {
    const before = [of(10), of(10), of(10), of(10)];
    expect([of(90), of(10), of(80)].reduce<readonly Sample[]>(remember, before)).toHaveLength(7);
    expect([of(90), of(80)].reduce<readonly Sample[]>(remember, before)).toHaveLength(6);
    expect([of(90), of(80), of(70)].reduce<readonly Sample[]>(remember, before)).toEqual([of(90), of(80), of(70)]);
  });
});

describe('each fourth batch', () => {
  it('has a quarter of the rows', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((batch) => rowsOfBatch(1000, batch))).toEqual([
      ...[1000, 1000, 1000, 250],
      ...[1000, 1000, 1000, 250],
    ]);
    expect(rowsOfBatch(1, 3)).toBe(1);
  });
});

describe('what a question waits', () => {
  it('is nothing before one was asked, nor where the server is only far away', () => {
    expect(waitingTime({ roundTrip: Number.POSITIVE_INFINITY, empty: [] })).toBe(0);
    expect(waitingTime({ roundTrip: 80, empty: [80, 80, 80] })).toBe(0);
    expect(waitingTime({ roundTrip: 80, empty: [70] })).toBe(0);
  });

  it('is the usual answer without the way there and back; a hiccup is none', () => {
    expect(waitingTime({ roundTrip: 1, empty: [5, 1, 6] })).toBe(4);
    expect(waitingTime({ roundTrip: 0.1, empty: [0.1, 0.1, 90, 0.1, 0.1] })).toBe(0);
  });
});
