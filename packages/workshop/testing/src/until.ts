import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@opsgraph/postgres';

type Seen<T> = Exclude<T, undefined | null | false>;

/**
 * Looks again and again, with a pause between, until there is something to see.
 *
 * @param limit milliseconds: more than a machine takes that is busy with others
 * @returns what was seen
 */
export async function until<T>(look: () => T | Promise<T>, limit = 45_000): Promise<Seen<T>> {
  for (const deadline = performance.now() + limit; ; await sleep(20)) {
    const seen = await look();
    if (seen) return seen as Seen<T>;
    if (performance.now() > deadline) throw new Error(`did not happen within ${limit / 1000} s: ${look}`);
  }
}

/** Waits until so many other connections wait for a lock that this one holds, or for those that wait before them. */
export async function untilWaiting(holder: Session, others = 1): Promise<void> {
  const sql = `WITH RECURSIVE waiting AS (
      SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
      UNION SELECT l.pid FROM pg_locks l JOIN waiting w ON NOT l.granted AND w.pid = ANY (pg_blocking_pids(l.pid)))
    SELECT FROM waiting`;
  await until(async () => (await holder.query(sql)).length >= others);
}
