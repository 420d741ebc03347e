import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@opsgraph/postgres';
import { describePause, readPause } from '../pause.ts';
import type { Limits } from '../settings.ts';
import { findReasonToWait, type Sight } from './signals.ts';

const pollEvery = 500;

export interface ThrottleInput {
  name: string;
  limits: Limits;
  sight: Sight;
  /** Told once for each reason, not while it lasts. */
  onWaiting(reason: string): void;
}

/**
 * Returns when nothing speaks against the next batch. No transaction is open
 * while it waits.
 *
 * @returns milliseconds waited
 * @throws the reason of the session's signal
 */
export async function waitUntilClear(
  session: Session,
  { name, limits, sight, onWaiting }: ThrottleInput,
): Promise<number> {
  const begun = performance.now();
  let told: string | undefined;
  for (;;) {
    const pause = await readPause(session, name);
    const reason = pause === undefined ? await findReasonToWait(session, limits, sight) : describePause(pause);
    if (reason === undefined) return told === undefined ? 0 : performance.now() - begun;
    // The numbers in a reason change all the time.
    const kind = reason.replaceAll(/[\d.]+/g, '');
    if (kind !== told) onWaiting(reason);
    told = kind;
    await rest(session, pollEvery);
  }
}

/** Ends at once when the task shall stop. */
export async function rest(session: Session, milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, session.signal && { signal: session.signal }).catch(() => {});
  session.signal?.throwIfAborted();
}
