import type { Session } from '@opsgraph/postgres';
import { setStatement } from '../batch/work-on.ts';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { sqlInvalid } from '../run/errors.ts';
import { keyColumns } from './key-sql.ts';
import type { KeyedTable } from './table.ts';

/**
 * Lets PostgreSQL plan each piece of SQL of a definition, which runs nothing.
 *
 * @throws OpsError BACKFILL_SQL_INVALID (65)
 */
export async function checkSql(session: Session, backfill: LoadedBackfill, table: KeyedTable): Promise<void> {
  const { definition } = backfill;
  const plan = async (part: string, text: string, sql: string, values: unknown[] = []): Promise<void> => {
    // Only so a second statement behind the first is refused.
    const query = { queryMode: 'extended', text: `EXPLAIN ${sql}`, values };
    try {
      await session.client.query(query);
    } catch (error) {
      session.signal?.throwIfAborted();
      throw sqlInvalid(backfill, part, text, error);
    }
  };
  await plan('rows', definition.rows, `SELECT 1 FROM ${table.sql} WHERE (${definition.rows}\n)`);
  if (typeof definition.done === 'object') {
    const { sql } = definition.done;
    await plan('done', sql, `SELECT 1 WHERE (${sql}\n)`);
  }
  if ('set' in definition) {
    const nothing = table.key.map(() => null) as unknown as string[];
    const [sql, values] = setStatement(table, definition.set, definition.rows, { after: null, upTo: nothing });
    await plan('set', definition.set, sql, values);
  } else if (typeof definition.work === 'string') {
    await plan(
      'work',
      definition.work,
      definition.work,
      table.key.map(() => []),
    );
  }
}

/** How PostgreSQL would find the rows of the next batch; by an index, or it takes the whole table for each. */
export async function explainKey(session: Session, table: KeyedTable, size: number): Promise<string[]> {
  const columns = keyColumns(table).join(', ');
  const rows = await session.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (COSTS off) SELECT ${columns} FROM ${table.sql} ORDER BY ${columns} LIMIT ${size}`,
  );
  return rows.map((row) => row['QUERY PLAN']);
}

/** Whether an index gives the rows in the order of the key: of a small table the planner rather reads and sorts all. */
export async function hasKeyIndex(session: Session, table: KeyedTable, size: number): Promise<boolean> {
  return session.transaction(async () => {
    await session.execute(
      'SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off',
    );
    return !(await explainKey(session, table, size)).some((line) => /\b(Incremental )?Sort\b/.test(line));
  });
}
