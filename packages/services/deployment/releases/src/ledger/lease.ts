import { setTimeout as sleep } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import { type ConnectionSettings, type Session, withSession } from '@opsgraph/postgres';

/** The right to change an environment's hosts, from the first step of a deployment to its last. */
export interface Lease {
  deployment: string;
  /** Grows with every holder; a host refuses what comes with a lower one. */
  fence: number;
}

export interface LeaseHolder {
  deployment: string;
  place: string;
  holder: string;
  /** Milliseconds until it is over, by the database's clock; below 0 it is. */
  left: number;
}

export interface LeaseRequest {
  deployment: string;
  /** The checkout whose further steps may use it, see placeOf. */
  place: string;
  /** For people: `ana on web-1`. */
  holder: string;
  /** Milliseconds. */
  expiry: number;
}

interface LeaseRow {
  fence: string | number;
  deployment: string | null;
  place: string | null;
  holder: string | null;
  left: number | null;
}

const read = `SELECT fence, deployment, place, holder,
  extract(epoch FROM expires_at - pg_catalog.clock_timestamp())::float8 * 1000::float8 AS left FROM ops.deployment_lease`;

/** Who has the lease; undefined when it is free. A lease that is over but not taken still names its holder. */
export async function readLease(session: Session): Promise<(LeaseHolder & { fence: number }) | undefined> {
  const [row] = await session.query<LeaseRow & Record<string, unknown>>(read);
  if (row === undefined || row.deployment === null) return undefined;
  const { deployment, place, holder, left, fence } = row;
  return { deployment, place: place ?? '', holder: holder ?? '', left: left ?? 0, fence: Number(fence) };
}

/**
 * Waits until nobody holds the lease. To be called without the domain's lock,
 * which the holder's next step needs.
 *
 * @throws OpsError DEPLOYMENT_RUNNING (75) naming the holder
 */
export async function awaitLease(
  connection: ConnectionSettings,
  { wait, onWaiting }: { wait: number; onWaiting(holder: LeaseHolder): void },
): Promise<void> {
  const deadline = performance.now() + wait;
  await withSession({ ...connection, ownSqlOnly: true }, async (session) => {
    const [there] = await session.query<{ there: boolean }>(
      "SELECT pg_catalog.to_regclass('ops.deployment_lease') IS NOT NULL AS there",
    );
    // The guard says what is missing, and where.
    if (!there!.there) return;
    for (let reported = false; ; reported = true) {
      const holder = await readLease(session);
      if (holder === undefined || holder.left <= 0) return;
      if (performance.now() >= deadline) throw running(holder, wait);
      if (!reported) onWaiting(holder);
      const pause = Math.min(holder.left + 20, 200 + Math.random() * 200, Math.max(deadline - performance.now(), 0));
      await sleep(pause, undefined, connection.signal && { signal: connection.signal }).catch(() => {});
      connection.signal?.throwIfAborted();
    }
  });
}

/**
 * Takes the lease when it is free or over, with a fence above all before.
 *
 * @throws OpsError DEPLOYMENT_RUNNING (75)
 */
export async function takeLease(session: Session, { deployment, place, holder, expiry }: LeaseRequest): Promise<Lease> {
  const [row] = await session.query<{ fence: string }>(
    `UPDATE ops.deployment_lease SET fence = fence + 1, deployment = $1, place = $2, holder = $3,
       renewed_at = pg_catalog.clock_timestamp(), expires_at = pg_catalog.clock_timestamp() + $4::float8 * interval '1 ms'
     WHERE deployment IS NULL OR expires_at <= pg_catalog.clock_timestamp() RETURNING fence`,
    [deployment, place, holder, expiry],
  );
  if (row !== undefined) return { deployment, fence: Number(row.fence) };
  const other = await readLease(session);
  if (other === undefined) return takeLease(session, { deployment, place, holder, expiry });
  throw running(other, 0);
}

/** Raises the fence of a lease that is held above what a host has seen from another ledger. */
export async function raiseFence(session: Session, lease: Lease, above: number): Promise<Lease> {
  if (above < lease.fence) return lease;
  const [row] = await session.query<{ fence: string }>(
    'UPDATE ops.deployment_lease SET fence = $2 WHERE deployment = $1 RETURNING fence',
    [lease.deployment, above + 1],
  );
  if (row === undefined) throw lost();
  return { ...lease, fence: Number(row.fence) };
}

/**
 * By the deployment alone: its fence may just have been raised.
 *
 * @throws OpsError LEASE_LOST (75)
 */
export async function renewLease(
  session: Session,
  { deployment }: Pick<Lease, 'deployment'>,
  expiry: number,
): Promise<void> {
  const touched = await session.execute(
    `UPDATE ops.deployment_lease SET renewed_at = pg_catalog.clock_timestamp(), expires_at = pg_catalog.clock_timestamp() + $2::float8 * interval '1 ms'
     WHERE deployment = $1`,
    [deployment, expiry],
  );
  if (touched === 0) throw lost();
}

/** Frees it, when it still is ours. */
export async function freeLease(session: Session, deployment: string): Promise<void> {
  await session.execute(
    'UPDATE ops.deployment_lease SET deployment = NULL, place = NULL, holder = NULL, expires_at = NULL WHERE deployment = $1',
    [deployment],
  );
}

/** Another deployment has taken the lease over: what we began is theirs to fix. */
export function isTakenOver(error: unknown): boolean {
  return error instanceof OpsError && (error.code === 'LEASE_LOST' || error.code === 'HOST_FENCED');
}

function running({ holder, deployment, left }: LeaseHolder, wait: number): OpsError {
  const waited = wait === 0 ? '' : `; waited ${Math.round(wait / 1000)} s`;
  return new OpsError({
    code: 'DEPLOYMENT_RUNNING',
    exit: 'tryLater',
    message: `a deployment of ${holder} is under way (${deployment})${waited}`,
    hint: `wait for it (--lock-wait 10m); if it died, its lease ends in ${Math.max(1, Math.ceil(left / 1000))} s`,
  });
}

function lost(): OpsError {
  return new OpsError({
    code: 'LEASE_LOST',
    exit: 'tryLater',
    message: 'this deployment lost its lease (not renewed in time); another one has started',
    hint: 'check what it did before you start again: pnpm --filter deployment run status:ENVIRONMENT',
  });
}
