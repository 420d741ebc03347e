import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionSettings, withSession } from '@opsgraph/postgres';
import { type Lease, renewLease } from './lease.ts';

/**
 * Renews the lease while `work` runs. When that fails, the signal that the
 * work got is aborted: somebody else may begin.
 */
export async function withHeartbeat<T>(
  connection: ConnectionSettings,
  lease: Lease,
  expiry: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const lostLease = new AbortController();
  const signal =
    connection.signal === undefined ? lostLease.signal : AbortSignal.any([connection.signal, lostLease.signal]);
  const { signal: _ofTheWork, ...own } = connection;
  const beat = withSession({ ...own, ownSqlOnly: true }, async (session) => {
    while (!ended.signal.aborted) {
      await renewLease(session, lease, expiry);
      await sleep(expiry / 3, undefined, { signal: ended.signal }).catch(() => {});
    }
  }).catch((error: unknown) => lostLease.abort(error));
  try {
    return await work(signal);
  } finally {
    ended.abort();
    await beat;
  }
}
