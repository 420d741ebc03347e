import type { Session } from '@opsgraph/postgres';
import type { Pace } from '../pace.ts';
import { findReasonToWait } from './signals.ts';

/** Milliseconds; signals change slowly, and batches are short. */
const pollEvery = 500;

/**
 * Returns when nothing speaks against the next batch: nobody has paused it,
 * and the signals are clear, or were within half a second. No transaction is
 * open while it waits. Says each reason once, not while it lasts, and that it continues.
 *
 * @throws the reason of the session's signal
 */
export async function waitUntilClear(
  session: Session,
  pace: Pace,
  readPause: () => Promise<string | undefined>,
): Promise<void> {
  const { name, clock, info } = pace;
  const begun = clock.now();
  let reported: string | undefined;
  for (;;) {
    const reason = (await readPause()) ?? (await findReason(session, pace));
    if (reason === undefined) break;
    // The numbers in a reason change all the time.
    const kind = reason.replaceAll(/[\d.]+/g, '');
    if (kind !== reported) info(`${name} waits: ${reason}`);
    reported = kind;
    await clock.sleep(pollEvery, session.signal);
  }
  if (reported === undefined) return;
  pace.waited += clock.now() - begun;
  info(`${name} continues`);
}

async function findReason(session: Session, pace: Pace): Promise<string | undefined> {
  const { limits, sight, clock } = pace;
  if (clock.now() - pace.clearAt < pollEvery) return undefined;
  const reason = await findReasonToWait(session, limits, sight);
  if (reason === undefined) pace.clearAt = clock.now();
  return reason;
}
