import type { Talk } from '@opsgraph/report';
import type { Sample } from './batch/fit-cost.ts';
import { type Clock, wallClock } from './clock.ts';
import type { Sight } from './throttle/sight.ts';
import type { Limits } from './throttle/signals.ts';

/** `info` is called when the work waits, continues, or tries a batch again. */
export interface PaceInput extends Pick<Talk, 'info'> {
  /** Of the work, at the beginning of what is said. */
  name: string;
  /** Milliseconds that a batch should take. */
  batchTime: number;
  /** How much of the time is work, in percent from 1 to 100. */
  load: number;
  limits: Limits;
  sight: Sight;
  /** Rows of a batch to begin with: what an earlier run came to, or firstBatchSize. */
  size: number;
  clock?: Clock | undefined;
}

/** How fast a piece of work goes, from what it has met so far. */
export interface Pace extends PaceInput {
  clock: Clock;
  /** How many batches there were. */
  batches: number;
  /** The latest batches, newest last. */
  recent: readonly Sample[];
  /** Of the connection, measured on the way. */
  network: Network;
  /** When the signals were last seen to be clear; at first -Infinity. */
  clearAt: number;
  /** Milliseconds in which it waited for others, beyond resting between batches. */
  waited: number;
}

/** Milliseconds in which a question goes to the server and its answer comes back. */
export interface Network {
  /** The least of all. */
  roundTrip: number;
  /** Of the latest questions about nothing: with what they waited for on the server. */
  empty: readonly number[];
}

/** Few: what a row costs is not known yet. */
export const firstBatchSize = 100;

/** Nothing was measured yet. */
export function beginPace(input: PaceInput): Pace {
  return {
    ...input,
    clock: input.clock ?? wallClock,
    batches: 0,
    recent: [],
    network: { roundTrip: Number.POSITIVE_INFINITY, empty: [] },
    clearAt: Number.NEGATIVE_INFINITY,
    waited: 0,
  };
}
