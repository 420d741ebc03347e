import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@opsgraph/postgres';
import type { Limits } from '../definition/settings.ts';
import { describePause, readPause } from '../record/pause.ts';
import { findReasonToWait, type Sight } from './signals.ts';

const pollEvery = 500;

export interface Throttle {
  name: string;
  limits: Limits;
  sight: Sight;
  /** When all was last looked at; at first -Infinity. Signals change slowly, and batches are short. */
  lookedAt: number;
  /** Told once for each reason, not while it lasts. */
  onWaiting(reason: string): void;
}

/**
 * Returns when nothing speaks against the next batch. No transaction is open
 * while it waits.
 *
 * @param heedsPause the batch will not begin when there is a pause, so none need be looked for before it
 * @returns milliseconds waited
 * @throws the reason of the session's signal
 */
export async function waitUntilClear(session: Session, throttle: Throttle, heedsPause: boolean): Promise<number> {
  const begun = performance.now();
  let told: string | undefined;
  for (;;) {
    const reason = await findReason(session, throttle, heedsPause && told === undefined);
    if (reason === undefined) return told === undefined ? 0 : performance.now() - begun;
    // The numbers in a reason change all the time.
    const kind = reason.replaceAll(/[\d.]+/g, '');
    if (kind !== told) throttle.onWaiting(reason);
    told = kind;
    await rest(session, pollEvery);
  }
}

async function findReason(session: Session, throttle: Throttle, heedsPause: boolean): Promise<string | undefined> {
  const { name, limits, sight, lookedAt } = throttle;
  const isRecent = performance.now() - lookedAt < pollEvery;
  if (isRecent && heedsPause) return undefined;
  const pause = await readPause(session, name);
  if (pause !== undefined) return describePause(pause);
  if (isRecent) return undefined;
  const reason = await findReasonToWait(session, limits, sight);
  // A reason must be seen to be gone.
  if (reason === undefined) throttle.lookedAt = performance.now();
  return reason;
}

/** Ends at once when the task must stop. */
export async function rest(session: Session, milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, session.signal && { signal: session.signal }).catch(() => {});
  session.signal?.throwIfAborted();
}
