import { keepLease as keepNamed } from '@opsgraph/leases';
import type { ConnectionSettings, Session } from '@opsgraph/postgres';
import { leaseName } from './lease.ts';
import { placeOf } from './place.ts';

interface LeaseKeeping {
  session: Session;
  connection: ConnectionSettings;
  stateDirectory: string;
  /** Milliseconds; deployment.leaseExpiry. */
  expiry: number;
}

/**
 * Renews the lease of the deployment that this checkout has open, if it has
 * one, while `work` runs: something that is a step of it without knowing, such
 * as a long migration.
 */
export async function keepLease<T>({ stateDirectory, ...keeping }: LeaseKeeping, work: () => Promise<T>): Promise<T> {
  return keepNamed({ ...keeping, name: leaseName, place: await placeOf(stateDirectory) }, work);
}
