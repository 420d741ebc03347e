import { crc32 } from 'node:zlib';
import type { Session } from '@opsgraph/postgres';

/** Locks of tasks that must not keep the others of their domain waiting. Each domain has one of its own name. */
export const ownLocks = ['backfill', 'backfill-switch'] as const;

export type OwnLock = (typeof ownLocks)[number];

/** The two numbers of an advisory lock: pg_advisory_lock(class, object). */
export type LockKey = readonly [number, number];

/** 'opsg' as a number. */
const ours = 0x6f707367;

/** Locks that are not about runs: of the ledger's tables; of roles and databases, which a whole server shares; of accounts. */
export const lockKeys = {
  ledger: [ours, 0],
  roles: [ours, 1],
  // 'acct': the application takes it, too, without knowing the rest.
  accounts: [0x61636374, 0],
} as const satisfies Record<string, LockKey>;

/** The lock under which the runs of this name are one at a time. */
export function runLock(name: string): LockKey {
  return [ours, crc32(name) | 0];
}

/** Waits for a lock and holds it to the end of the transaction or of the session. */
export async function takeLock(
  session: Session,
  name: keyof typeof lockKeys,
  until: 'transaction' | 'session',
): Promise<void> {
  const take = until === 'transaction' ? 'pg_advisory_xact_lock' : 'pg_advisory_lock';
  await session.query(`SELECT pg_catalog.${take}($1, $2)`, [...lockKeys[name]]);
}
