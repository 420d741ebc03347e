import { identifier, type Session } from '@opsgraph/postgres';

export interface Retention {
  /** How many runs of each task stay, however old. */
  keep: number;
  /** Milliseconds: younger runs stay. */
  age: number;
  /** The same for runs that failed or were interrupted. */
  failureAge: number;
}

/** At most so many at a time: what has gathered for years goes in portions. */
const portion = 5000;

/**
 * Deletes runs that are beyond their retention. Those without an outcome stay,
 * and those that any table of the ledger refers to in a column `run`, also a
 * table that only a later Opsgraph knows. Returns how many were deleted.
 */
export async function pruneRuns(session: Session, { keep, age, failureAge }: Retention): Promise<number> {
  const references = await session.query<{ table: string }>(
    `SELECT c.relname AS table FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'ops'::regnamespace AND c.relkind IN ('r', 'p')
       AND a.attname = 'run' AND a.atttypid = 'text'::regtype AND NOT a.attisdropped`,
  );
  const named = references.map(({ table }) => `SELECT run FROM ops.${identifier(table)} WHERE run IS NOT NULL`);
  return session.execute(
    `WITH old AS (
       SELECT id FROM (
         SELECT id, started_at, outcome, row_number() OVER (PARTITION BY task ORDER BY started_at DESC, id DESC) AS place
         FROM ops.run
       ) placed
       WHERE place > $1::bigint AND outcome IS NOT NULL
         AND started_at < now() - CASE WHEN outcome IN ('failed', 'interrupted') THEN greatest($2::float8, $3::float8) ELSE $2 END * interval '1 ms'
         ${named.length === 0 ? '' : `AND id NOT IN (${named.join(' UNION ALL ')})`}
     )
     DELETE FROM ops.run WHERE id IN (
       SELECT id FROM ops.run JOIN old USING (id) ORDER BY started_at LIMIT $4::bigint FOR UPDATE OF run SKIP LOCKED
     )`,
    [keep, age, failureAge, portion],
  );
}
