import { identifier, type Session } from '@opsgraph/postgres';

export interface TableRows {
  table: string;
  rows: number;
  /** Counted, or the planner's estimate where counting would take long. */
  isExact: boolean;
}

/** Up to this many rows (as the planner believes) a table is counted. */
const countable = 2_000_000;

/** How many rows each table in schema public has, the largest first. */
export async function countRows(session: Session): Promise<TableRows[]> {
  const tables = await session.query<{ name: string; estimate: number }>(
    `SELECT c.relname AS name, greatest(c.reltuples, 0)::float8 AS estimate FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname NOT LIKE 'knex\\_migrations%' ORDER BY c.relname`,
  );
  const counted: TableRows[] = [];
  for (const { name, estimate } of tables) {
    if (estimate > countable) {
      counted.push({ table: name, rows: Math.round(estimate), isExact: false });
      continue;
    }
    const [row] = await session.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${identifier('public', name)}`);
    counted.push({ table: name, rows: row!.rows, isExact: true });
  }
  return counted.sort((a, b) => b.rows - a.rows);
}
