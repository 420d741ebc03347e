import { type Session, sqlState } from '@opsgraph/postgres';

/**
 * Lets a session take little from others while it writes much. What makes
 * their commits slow is WAL: each waits until all of it that was written before
 * is on disk.
 *
 * Batches do not wait for the disk themselves, which would make others wait
 * behind them; a batch and its cursor are in one commit, so a server that
 * crashes loses both or neither. The end of a backfill waits, for all of them.
 * See docs/decisions/backfills-write-little-at-a-time.md.
 */
export async function bePolite(session: Session): Promise<void> {
  await session.execute('SET synchronous_commit = off; SET max_parallel_workers_per_gather = 0');
  await compressWal(session);
}

/** Images of whole pages are most of it. Only a superuser may, or who was granted it; others leave it as the server has it. */
async function compressWal({ client }: Session): Promise<void> {
  const { rows } = await client.query<{ setting: string; methods: string[] | null }>(
    "SELECT setting, enumvals AS methods FROM pg_settings WHERE name = 'wal_compression'",
  );
  const { setting, methods } = rows[0]!;
  if (setting !== 'off') return;
  try {
    await client.query(`SET wal_compression = ${methods?.includes('lz4') ? 'lz4' : 'on'}`);
  } catch (error) {
    if (sqlState(error) !== '42501') throw error;
  }
}
