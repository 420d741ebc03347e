import type { Session } from '@opsgraph/postgres';
import type { BackfillRecord } from '../record/record.ts';
import { compareKey, keyColumns } from '../table/key-sql.ts';
import type { KeyedTable } from '../table/table.ts';

export interface Window {
  rows: number;
  /** The key of its last row. */
  last: string[];
}

/**
 * The next rows of the table, whether they want work or not: a batch among
 * which few do takes no longer than another.
 *
 * @returns undefined at the end of the pass
 */
export async function findWindow(
  session: Session,
  table: KeyedTable,
  { cursor, bound }: Pick<BackfillRecord, 'cursor' | 'bound'>,
  size: number,
): Promise<Window | undefined> {
  if (bound === null) return undefined;
  const columns = keyColumns(table);
  const condition = [
    compareKey(table, '<=', 2),
    ...(cursor === null ? [] : [compareKey(table, '>', 2 + bound.length)]),
  ].join(' AND ');
  const names = columns.map((_, at) => `k${at}`);
  const [row] = await session.queryAgain<Window>(
    `WITH k AS MATERIALIZED (
       SELECT ${columns.map((column, at) => `${column} AS ${names[at]}`).join(', ')}
       FROM ${table.sql} WHERE ${condition} ORDER BY ${columns.join(', ')} LIMIT $1
     ) SELECT ARRAY[${names.map((name) => `${name}::text`).join(', ')}] AS last, (SELECT count(*) FROM k) AS rows
     FROM k ORDER BY ${names.map((name) => `${name} DESC`).join(', ')} LIMIT 1`,
    [size, ...bound, ...(cursor ?? [])],
  );
  return row;
}
