import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionSettings, withSession } from '@opsgraph/postgres';
import { held } from './errors.ts';
import type { LeaseHolder } from './lease.ts';
import { readLease } from './read-lease.ts';

export interface LeaseWait {
  /** Milliseconds. */
  wait: number;
  /** Called once, when there is somebody to wait for. */
  onWaiting(holder: LeaseHolder): void;
}

/**
 * Waits until nobody holds the lease. To be called without a lock that the
 * holder's next run needs.
 *
 * @throws OpsError LEASE_HELD (75) naming the holder
 */
export async function awaitLease(
  connection: ConnectionSettings,
  name: string,
  { wait, onWaiting }: LeaseWait,
): Promise<void> {
  const deadline = performance.now() + wait;
  await withSession({ ...connection, ownSqlOnly: true }, async (session) => {
    const [there] = await session.query<{ there: boolean }>(
      "SELECT pg_catalog.to_regclass('ops.lease') IS NOT NULL AS there",
    );
    // The guard says what is missing, and where.
    if (!there!.there) return;
    for (let isKnown = false; ; isKnown = true) {
      const holder = await readLease(session, name);
      if (holder === undefined || holder.left <= 0) return;
      if (performance.now() >= deadline) throw held(holder, wait);
      if (!isKnown) onWaiting(holder);
      const pause = Math.min(holder.left + 20, 200 + Math.random() * 200, Math.max(deadline - performance.now(), 0));
      await sleep(pause, undefined, connection.signal && { signal: connection.signal }).catch(() => {});
      connection.signal?.throwIfAborted();
    }
  });
}
