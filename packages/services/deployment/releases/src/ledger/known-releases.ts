import type { Session } from '@opsgraph/postgres';
import type { Manifest } from '../artifact/manifest.ts';

export interface KnownRelease {
  id: string;
  application: string;
  manifest: Manifest;
  git_commit: string | null;
  verified_at: Date | null;
  withdrawn_at: Date | null;
}

const columns = 'id, application, manifest, git_commit, verified_at, withdrawn_at';

export async function findRelease(session: Session, id: string): Promise<KnownRelease | undefined> {
  const [row] = await session.query<KnownRelease & Record<string, unknown>>(
    `SELECT ${columns} FROM ops.release WHERE id = $1`,
    [id],
  );
  return row;
}

/** Every release of the application that was verified here and not withdrawn, the one verified last first. */
export async function verifiedReleases(session: Session, application: string): Promise<KnownRelease[]> {
  return session.query<KnownRelease & Record<string, unknown>>(
    `SELECT ${columns} FROM ops.release r WHERE application = $1 AND verified_at IS NOT NULL AND withdrawn_at IS NULL
     ORDER BY (SELECT pg_catalog.max(position) FROM ops.deployment d WHERE d.release = r.id AND d.state IN ('verified', 'unchanged')) DESC NULLS LAST, verified_at DESC`,
    [application],
  );
}

export async function markVerified(session: Session, id: string): Promise<void> {
  await session.execute(
    'UPDATE ops.release SET verified_at = pg_catalog.clock_timestamp(), withdrawn_at = NULL WHERE id = $1',
    [id],
  );
}

/** Nobody should go back to it by default: somebody went back from it. */
export async function markWithdrawn(session: Session, id: string): Promise<void> {
  await session.execute('UPDATE ops.release SET withdrawn_at = pg_catalog.clock_timestamp() WHERE id = $1', [id]);
}

export async function markPruned(session: Session, ids: readonly string[]): Promise<void> {
  await session.execute('UPDATE ops.release SET pruned_at = pg_catalog.clock_timestamp() WHERE id = ANY($1)', [ids]);
}

/** Seconds since 1970, by the database's clock. */
export async function ledgerTime(session: Session): Promise<number> {
  const [row] = await session.query<{ time: number }>(
    'SELECT pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()))::int4 AS time',
  );
  return row!.time;
}

/** Which ledger this is: the hosts remember it beside the fence. */
export async function ledgerIdentity(session: Session): Promise<string> {
  const [row] = await session.query<{ identity: string }>(
    `SELECT name || '@' || pg_catalog.to_char(set_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISSUS') AS identity FROM ops.environment`,
  );
  return row?.identity ?? 'unknown';
}
