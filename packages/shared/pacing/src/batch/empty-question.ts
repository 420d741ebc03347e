import type { Session } from '@opsgraph/postgres';
import type { Network, Pace } from '../pace.ts';
import { median } from './fit-cost.ts';

/** Between two looks: one question more for so many batches moves nobody's latency. */
const every = 8;
/** So many looks are remembered, the latest ones. */
const remembered = 9;

/** Asks the server nothing, now and then, and remembers how long the answer took. */
export async function askNothing(session: Session, { network, batches, clock }: Pace): Promise<void> {
  if (batches % every !== 1) return;
  const asked = clock.now();
  await session.execute('SELECT');
  const took = clock.now() - asked;
  network.roundTrip = Math.min(network.roundTrip, took);
  network.empty = [...network.empty, took].slice(-remembered);
}

/**
 * Milliseconds that a question waits on the server as a rule, beyond the way
 * there and back: where no processor is idle each waits for one, however few
 * rows it is about.
 */
export function waitingTime({ roundTrip, empty }: Network): number {
  return empty.length === 0 ? 0 : Math.max(median(empty) - roundTrip, 0);
}
