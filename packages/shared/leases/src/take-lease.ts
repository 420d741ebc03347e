import type { Session } from '@opsgraph/postgres';
import { held } from './errors.ts';
import type { Lease } from './lease.ts';
import { readLease } from './read-lease.ts';

export interface LeaseRequest {
  /** What only one may do, as a noun: `deployment`. */
  name: string;
  run: { id: string; actor: string; host: string };
  /** The checkout whose later runs may continue with it. */
  place: string;
  /** Milliseconds. */
  expiry: number;
}

/**
 * Takes the lease when it is free or over, with a fence above all before.
 *
 * @throws OpsError LEASE_HELD (75)
 */
export async function takeLease(session: Session, request: LeaseRequest): Promise<Lease> {
  const { name, run, place, expiry } = request;
  const [row] = await session.query<{ fence: string }>(
    `INSERT INTO ops.lease AS lease (name, fence, run, place, actor, host, renewed_at, expires_at)
     VALUES ($1, 1, $2, $3, $4, $5, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp() + $6::float8 * interval '1 ms')
     ON CONFLICT (name) DO UPDATE SET fence = lease.fence + 1, run = $2, place = $3, actor = $4, host = $5,
       renewed_at = pg_catalog.clock_timestamp(), expires_at = pg_catalog.clock_timestamp() + $6::float8 * interval '1 ms'
     WHERE lease.run IS NULL OR lease.expires_at <= pg_catalog.clock_timestamp() RETURNING fence`,
    [name, run.id, place, run.actor, run.host, expiry],
  );
  if (row !== undefined) return { name, run: run.id, fence: Number(row.fence) };
  const other = await readLease(session, name);
  if (other === undefined) return takeLease(session, request);
  throw held(other, 0);
}
