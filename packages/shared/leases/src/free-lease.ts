import type { Session } from '@opsgraph/postgres';
import type { Held } from './lease.ts';

/** Frees it, when it still is this run's. */
export async function freeLease(session: Session, { name, run }: Held): Promise<void> {
  await session.execute(
    `UPDATE ops.lease SET run = NULL, place = NULL, actor = NULL, host = NULL, expires_at = NULL
     WHERE name = $1 AND run = $2`,
    [name, run],
  );
}
