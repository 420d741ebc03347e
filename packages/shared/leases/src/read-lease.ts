import type { Session } from '@opsgraph/postgres';
import type { LeaseHolder } from './lease.ts';

type LeaseRow = Record<'run' | 'place' | 'actor' | 'host' | 'fence', string> & { left: number };

/** Who has the lease; undefined when it is free. A lease that is over but not taken still names its holder. */
export async function readLease(session: Session, name: string): Promise<LeaseHolder | undefined> {
  const [row] = await session.query<LeaseRow>(
    `SELECT fence, run, place, actor, host,
       extract(epoch FROM expires_at - pg_catalog.clock_timestamp())::float8 * 1000::float8 AS left
     FROM ops.lease WHERE name = $1 AND run IS NOT NULL`,
    [name],
  );
  if (row === undefined) return undefined;
  const { run, place, actor, host, left, fence } = row;
  return { name, run, place, holder: `${actor} on ${host}`, left, fence: Number(fence) };
}
