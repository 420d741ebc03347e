import { fitCost, isFarTooLong, type Sample } from './fit-cost.ts';

/** Below it a batch costs more than its rows do. */
const smallest = 20;
const largest = 2_000_000;
/** Milliseconds: so long may rows be locked for the sake of getting something done on a busy machine. */
const longest = 250;
/** Waiting for a processor must be less than a tenth of a batch, within `longest`. */
const worthOfWaiting = 10;
/** Each fourth batch has a quarter of the rows: of batches of one size nobody can tell what their rows cost. */
const probeEvery = 4;
/** How many batches are remembered: with eight small ones among them. */
const remembered = 32;
/** One that took far too long may be a hiccup of the machine. So many in a row are not. */
const noHiccup = 3;

export interface SizeInput {
  /** Rows of the latest batches, apart from the small ones. */
  size: number;
  /** The latest batches, newest last; at least one. */
  recent: readonly Sample[];
  /** Milliseconds that a batch should take. */
  batchTime: number;
  /** Milliseconds that a question about nothing waits on the server. */
  waiting: number;
}

/**
 * How many rows the next batches should have: as many as fit into the time of
 * a batch beside what a batch costs without any rows, by the line that is
 * fitted through the latest ones. Where that fixed part leaves no time
 * (questions wait for a processor), the rows get as much as it takes, or ten
 * times what a question waits, up to 250 ms. So waiting does not look like work.
 *
 * Up by half and down to half at most; down at once when the latest batch took
 * far too long. That it was only held up costs one smaller batch; that rows have
 * become dearer would cost a locked table.
 */
export function nextBatchSize({ size, recent, batchTime, waiting }: SizeInput): number {
  const latest = recent.at(-1)!;
  const isSetBack = latest.milliseconds > batchTime && isFarTooLong(latest, recent.slice(0, -1));
  const { fixed, perRow } = fitCost(recent);
  const worthwhile = Math.min(Math.max(fixed, worthOfWaiting * waiting), longest);
  const wanted = Math.max(batchTime - fixed, worthwhile) / perRow;
  const step = isSetBack ? 0.5 : Math.min(Math.max(wanted / size, 0.5), 1.5);
  return Math.min(Math.max(Math.round(size * step), smallest), largest);
}

/** Rows of the batch with this number, from 0. */
export function rowsOfBatch(size: number, batch: number): number {
  return batch % probeEvery === probeEvery - 1 ? Math.ceil(size / 4) : size;
}

/** The batches from which the next one's size follows: the latest, and none from before rows became dearer. */
export function remember(recent: readonly Sample[], batch: Sample): readonly Sample[] {
  const all = [...recent, batch].slice(-remembered);
  const [before, latest] = [all.slice(0, -noHiccup), all.slice(-noHiccup)];
  return latest.every((one) => isFarTooLong(one, before)) ? latest : all;
}
