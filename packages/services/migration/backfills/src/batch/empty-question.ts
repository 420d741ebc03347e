import type { Session } from '@opsgraph/postgres';
import type { Network } from './batch.ts';

/** Between two looks: one question more for so many batches moves nobody's latency. */
const every = 8;
/** So many looks are remembered, the latest ones. */
const remembered = 9;
/** A batch that does nothing but wait is a waste of ten times as much, and of no more. */
const worth = 10;
/** Milliseconds that a batch may take for that reason at most: its rows are locked as long. */
const longest = 250;

/** Asks the server nothing, now and then, and remembers how long the answer took. */
export async function askNothing(session: Session, network: Network, batches: number): Promise<void> {
  if (batches % every !== 1) return;
  const asked = performance.now();
  await session.execute('SELECT');
  const took = performance.now() - asked;
  network.roundTrip = Math.min(network.roundTrip, took);
  network.empty = [...network.empty, took].slice(-remembered);
}

/**
 * How long a batch has to take so that it is mostly work, in milliseconds: as
 * configured, but not less than ten answers to nothing, beyond the way there
 * and back. Where no processor is idle each question waits for one, however
 * few rows it is about, and batches that follow their time come to nothing.
 */
export function worthwhile(batchTime: number, { roundTrip, empty }: Network): number {
  const usual = empty.toSorted((one, other) => one - other)[Math.floor(empty.length / 2)];
  if (usual === undefined) return batchTime;
  return Math.max(batchTime, Math.min(worth * (usual - roundTrip), longest));
}
