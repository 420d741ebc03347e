import type { Session } from '@opsgraph/postgres';
import { lost } from './errors.ts';
import type { Held } from './lease.ts';

/**
 * By its run alone: its fence may just have been raised.
 *
 * @param expiry milliseconds from now
 * @throws OpsError LEASE_LOST (75)
 */
export async function renewLease(session: Session, { name, run }: Held, expiry: number): Promise<void> {
  const touched = await session.execute(
    `UPDATE ops.lease SET renewed_at = pg_catalog.clock_timestamp(), expires_at = pg_catalog.clock_timestamp() + $3::float8 * interval '1 ms'
     WHERE name = $1 AND run = $2`,
    [name, run, expiry],
  );
  if (touched === 0) throw lost({ name });
}
