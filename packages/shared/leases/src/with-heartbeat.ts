import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionSettings, withSession } from '@opsgraph/postgres';
import { isLost } from './errors.ts';
import type { Held } from './lease.ts';
import { renewLease } from './renew-lease.ts';

/**
 * Renews a lease that was taken or renewed just now, while `work` runs: the first time after a third of it, so that
 * short work needs no connection for that. When it is lost, or nearly over and cannot be renewed, the signal that
 * the work got is aborted: another run may begin.
 */
export async function withHeartbeat<T>(
  connection: ConnectionSettings,
  lease: Held,
  expiry: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const lostLease = new AbortController();
  const signal =
    connection.signal === undefined ? lostLease.signal : AbortSignal.any([connection.signal, lostLease.signal]);
  const { signal: _ofTheWork, ...own } = connection;
  let renewed = performance.now();
  const pause = (milliseconds: number): Promise<void> =>
    sleep(milliseconds, undefined, { signal: ended.signal }).catch(() => {});
  const beat = async (): Promise<void> => {
    await pause(expiry / 3);
    while (!ended.signal.aborted) {
      try {
        await withSession({ ...own, ownSqlOnly: true }, async (session) => {
          while (!ended.signal.aborted) {
            await renewLease(session, lease, expiry);
            renewed = performance.now();
            await pause(expiry / 3);
          }
        });
      } catch (error) {
        // the server may be busy or restart: it is asked again while the lease lasts
        if (isLost(error) || performance.now() - renewed > expiry * 0.6) return lostLease.abort(error);
        await pause(expiry / 20);
      }
    }
  };
  const beating = beat();
  try {
    return await work(signal);
  } finally {
    ended.abort();
    await beating;
  }
}
