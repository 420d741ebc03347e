import type { Sample } from '../src/batch/fit-cost.ts';

/** A server as batches meet it; all in milliseconds. */
export interface Machine {
  /** Of a batch, whatever its size. */
  fixed: number;
  /** A row's, by the number of the batch. */
  perRow(batch: number): number;
  /** That a question waits for a processor, on average; a batch asks two. */
  waiting: number;
  /** One batch in ten is held up so long, on average. */
  hiccups?: number;
}

export interface Met extends Sample {
  /** Rows of a batch that is not one of the small ones. */
  size: number;
  /** Of the time, what its rows took. */
  work: number;
}

/** How long things take on a machine where every wait has no memory. */
export function startMachine({ fixed, perRow, waiting, hiccups = 0 }: Machine, random: () => number) {
  const wait = (mean: number): number => -mean * Math.log(1 - random());
  return {
    batch(number: number, size: number, rows: number): Met {
      const work = perRow(number) * rows * (0.95 + 0.1 * random());
      const held = random() < 0.1 ? wait(hiccups) : 0;
      return { size, rows, work, milliseconds: fixed + work + wait(waiting) + wait(waiting) + held };
    },
    emptyQuestion: () => wait(waiting),
  };
}
