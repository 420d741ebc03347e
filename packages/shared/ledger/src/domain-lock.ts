import { setTimeout as sleep } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { type LockKey, runLock } from './locks.ts';

export interface LockHolder {
  /** undefined in the moment between lock and record, or for a stranger. */
  run: string | undefined;
  task: string | undefined;
  user: string;
  host: string;
  since: Date;
}

export interface LockWait {
  /** Milliseconds to wait before giving up. */
  wait: number;
  /** Ends the waiting; not the work, which has its own session. */
  signal?: AbortSignal | undefined;
  /** Called once a second while another run holds the lock. */
  onWaiting?: (holder: LockHolder | undefined) => void;
}

/**
 * Holds the lock of one domain, or of one that has its own name, on this target while `work` runs: a session
 * lock, so it ends with the connection, however that ends. It is polled,
 * never waited for inside a transaction, which would block
 * CREATE INDEX CONCURRENTLY of the holder.
 *
 * @throws OpsError LOCK_HELD (75) naming the holder
 */
export async function withDomainLock<T>(
  session: Session,
  name: string,
  { wait, signal, onWaiting }: LockWait,
  work: () => Promise<T>,
): Promise<T> {
  const key = runLock(name);
  const deadline = performance.now() + wait;
  let nextNews = performance.now() + 1000;
  while (!(await tryLock(session, key))) {
    if (performance.now() >= deadline) throw lockHeld(name, wait, await findHolder(session, key));
    if (performance.now() >= nextNews) {
      onWaiting?.(await findHolder(session, key));
      nextNews = performance.now() + 1000;
    }
    // Jitter: many that wait must not ask in step.
    await sleep(Math.min(50 + Math.random() * 150, Math.max(deadline - performance.now(), 0)));
    signal?.throwIfAborted();
  }
  try {
    return await work();
  } finally {
    await session.client.query('SELECT pg_catalog.pg_advisory_unlock($1, $2)', [...key]).catch(() => {
      // the connection is gone, and the lock with it
    });
  }
}

async function tryLock(session: Session, key: LockKey): Promise<boolean> {
  const [row] = await session.query<{ locked: boolean }>('SELECT pg_catalog.pg_try_advisory_lock($1, $2) AS locked', [
    ...key,
  ]);
  return row!.locked;
}

async function findHolder(session: Session, key: LockKey): Promise<LockHolder | undefined> {
  const [row] = await session.query<{
    id: string | null;
    task: string | null;
    actor: string;
    host: string;
    since: Date;
  }>(
    `SELECT r.id, r.task, coalesce(r.actor, a.usename) AS actor, coalesce(r.host, a.client_addr::text, 'this host') AS host,
            coalesce(r.started_at, a.backend_start) AS since
     FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
     LEFT JOIN ops.run r ON r.backend = l.pid AND r.outcome IS NULL
     WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND l.classid = $1::bigint::oid AND l.objid = ($2::bigint & 4294967295)::oid AND l.objsubid = 2 AND l.granted
     ORDER BY r.started_at DESC NULLS LAST LIMIT 1`,
    [...key],
  );
  return (
    row && { run: row.id ?? undefined, task: row.task ?? undefined, user: row.actor, host: row.host, since: row.since }
  );
}

function lockHeld(name: string, wait: number, holder: LockHolder | undefined): OpsError {
  return new OpsError({
    code: 'LOCK_HELD',
    exit: 'tryLater',
    message: `the lock of ${name} is held by ${describeHolder(holder)}; waited ${Math.round(wait / 1000)} s`,
    hint: 'wait longer (--lock-wait 10m), or stop that run, which releases the lock',
  });
}

/** `db:seed (run …) of ana on web-1 since 02:14:05Z`. */
export function describeHolder(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'a run that has just released it';
  const what = holder.task === undefined ? 'a run' : `${holder.task} (run ${holder.run})`;
  return `${what} of ${holder.user} on ${holder.host} since ${holder.since.toISOString().replace(/\.\d+/, '')}`;
}
