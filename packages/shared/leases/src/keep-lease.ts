import type { ConnectionSettings, Session } from '@opsgraph/postgres';
import { isLost } from './errors.ts';
import { readLease } from './read-lease.ts';
import { renewLease } from './renew-lease.ts';
import { withHeartbeat } from './with-heartbeat.ts';

export interface LeaseKeeping {
  session: Session;
  connection: ConnectionSettings;
  name: string;
  /** This checkout. */
  place: string;
  /** Milliseconds. */
  expiry: number;
}

/**
 * Renews the lease that an earlier run of this checkout has taken, if there is
 * one, while `work` runs: something that is a step under it without knowing.
 * That the lease is lost does not end the work; the next step is refused.
 */
export async function keepLease<T>(
  { session, connection, name, place, expiry }: LeaseKeeping,
  work: () => Promise<T>,
): Promise<T> {
  const holder = await readLease(session, name);
  if (holder === undefined || holder.place !== place) return work();
  await renewLease(session, holder, expiry).catch((error: unknown) => {
    if (!isLost(error)) throw error;
  });
  return withHeartbeat(connection, holder, expiry, work);
}
