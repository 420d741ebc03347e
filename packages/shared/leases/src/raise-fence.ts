import type { Session } from '@opsgraph/postgres';
import { lost } from './errors.ts';
import type { Lease } from './lease.ts';

/**
 * Raises the fence of a lease that is held above one that was seen elsewhere, such as on a host that has met another ledger.
 *
 * @throws OpsError LEASE_LOST (75)
 */
export async function raiseFence(session: Session, lease: Lease, above: number): Promise<Lease> {
  if (above < lease.fence) return lease;
  const [row] = await session.query<{ fence: string }>(
    'UPDATE ops.lease SET fence = $3 WHERE name = $1 AND run = $2 RETURNING fence',
    [lease.name, lease.run, above + 1],
  );
  if (row === undefined) throw lost(lease);
  return { ...lease, fence: Number(row.fence) };
}
