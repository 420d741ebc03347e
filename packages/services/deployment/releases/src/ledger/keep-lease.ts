import type { ConnectionSettings, Session } from '@opsgraph/postgres';
import { withHeartbeat } from './heartbeat.ts';
import { isTakenOver, readLease, renewLease } from './lease.ts';
import { placeOf } from './place.ts';

export interface LeaseKeeping {
  session: Session;
  connection: ConnectionSettings;
  stateDirectory: string;
  /** Milliseconds; deployment.leaseExpiry. */
  expiry: number;
}

/**
 * Renews the lease of the deployment that this checkout has open, if it has
 * one, while `work` runs: something that is a step of it without knowing, such
 * as a long migration. That the lease is lost does not end the work; the next
 * step of the deployment is refused.
 */
export async function keepLease<T>(
  { session, connection, stateDirectory, expiry }: LeaseKeeping,
  work: () => Promise<T>,
): Promise<T> {
  const held = await readLease(session);
  if (held === undefined || held.place !== (await placeOf(stateDirectory))) return work();
  await renewLease(session, held, expiry).catch((error: unknown) => {
    if (!isTakenOver(error)) throw error;
  });
  return withHeartbeat(connection, held, expiry, work);
}
