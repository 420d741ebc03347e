import type { Session } from '@opsgraph/postgres';
import { keyColumns } from '../table/key-sql.ts';
import type { KeyedTable } from '../table/table.ts';

/** The last key there is now, as text; null for an empty table. A pass ends there, however fast others insert. */
export async function readBound(session: Session, table: KeyedTable): Promise<string[] | null> {
  const columns = keyColumns(table);
  const [row] = await session.query<{ last: string[] }>(
    `SELECT ARRAY[${columns.map((column) => `${column}::text`).join(', ')}] AS last FROM ${table.sql}
     ORDER BY ${columns.map((column) => `${column} DESC`).join(', ')} LIMIT 1`,
  );
  return row?.last ?? null;
}
