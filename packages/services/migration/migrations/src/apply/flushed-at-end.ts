import { literal, type Session } from '@opsgraph/postgres';
import type { State } from '../state/state.ts';

/**
 * Runs `work`, in which no commit waits for the disk, and then waits once for
 * all of them. Nothing is said to be applied before that.
 *
 * A server that crashes meanwhile comes back to some moment of the work: it
 * lost the latest migrations together with their rows, and the next run
 * applies them. See docs/decisions/migrations-wait-for-the-disk-once.md.
 */
export async function flushedAtEnd<T>(session: Session, state: State, work: () => Promise<T>): Promise<T> {
  await session.execute('SET synchronous_commit = off');
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // The connection may be lost, and there are no commits to wait for any more.
    await flush(session, state).catch(() => {});
    throw error;
  }
  await flush(session, state);
  return result;
}

/** A commit that waits for the disk, and so for all before it; one that wrote nothing would not. */
async function flush({ client }: Session, { ledger }: State): Promise<void> {
  const own = `ledger = ${literal(ledger)}`;
  await client.query(
    `RESET synchronous_commit;
     UPDATE ops.migration SET batch = batch
     WHERE ${own} AND position = (SELECT pg_catalog.max(position) FROM ops.migration WHERE ${own})`,
  );
}
