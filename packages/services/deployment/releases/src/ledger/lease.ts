import { OpsError } from '@opsgraph/errors';
import { awaitLease as awaitNamed, isLost, type LeaseWait } from '@opsgraph/leases';
import type { ConnectionSettings } from '@opsgraph/postgres';

/** The right to change an environment's hosts, from the first step of a deployment to its last. */
export const leaseName = 'deployment';

/**
 * Waits until no deployment is under way. To be called without the domain's
 * lock, which the holder's next step needs.
 *
 * @throws OpsError LEASE_HELD (75) naming the holder
 */
export async function awaitLease(connection: ConnectionSettings, waiting: LeaseWait): Promise<void> {
  await awaitNamed(connection, leaseName, waiting);
}

/** Another deployment has taken the lease over, as the ledger or a host says: what we began is theirs to fix. */
export function isTakenOver(error: unknown): boolean {
  return isLost(error) || (error instanceof OpsError && error.code === 'HOST_FENCED');
}
