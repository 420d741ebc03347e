import { identifier, type Session } from '@opsgraph/postgres';
import { type StagedSet, writtenColumns } from '../stage/staged-set.ts';

/**
 * Where a file gives numbers that the table would else make itself, lets its
 * sequence continue after the greatest: the next row that somebody inserts would
 * get a number that is taken. As every use of a sequence it outlives a rollback.
 * A role that may not set it leaves it as it is.
 */
export async function advanceNumbering(session: Session, staged: StagedSet): Promise<void> {
  const { table } = staged;
  for (const { name, isNumbered } of writtenColumns(staged)) {
    if (!isNumbered) continue;
    const [sequence] = await session.query<{ oid: number; sql: string }>(
      `SELECT q.seqrelid::bigint AS oid, q.seqrelid::regclass::text AS sql FROM pg_sequence q
       WHERE q.seqrelid = pg_catalog.pg_get_serial_sequence($1, $2)::regclass::oid AND q.seqincrement > 0
         AND pg_catalog.has_sequence_privilege(q.seqrelid, 'SELECT') AND pg_catalog.has_sequence_privilege(q.seqrelid, 'UPDATE')`,
      [table.into, name],
    );
    if (sequence === undefined) continue;
    await session.query(
      `SELECT pg_catalog.setval(q.seqrelid::regclass, m.greatest::bigint)
       FROM (SELECT pg_catalog.max(${identifier(name)})::numeric AS greatest FROM ${table.sql}) m, ${sequence.sql} s, pg_sequence q
       WHERE q.seqrelid = $1::bigint::oid AND m.greatest BETWEEN (s.last_value + s.is_called::integer)::numeric AND q.seqmax::numeric`,
      [sequence.oid],
    );
  }
}
