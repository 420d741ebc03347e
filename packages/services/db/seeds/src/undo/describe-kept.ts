import { identifier, type Session } from '@opsgraph/postgres';
import { isRowOf } from './open-load.ts';
import type { OpenLoad } from './recorded-load.ts';

/** How many rows of a set are named. */
const named = 10;

export interface KeptRows {
  set: string;
  table: string;
  count: number;
  /** The first of them: `places (id) = (7): name changed`. */
  rows: string[];
}

/** The rows that are not as the load left them, or that others refer to. */
export async function describeKept(session: Session, open: OpenLoad): Promise<KeptRows> {
  const changed = open.common.map(
    ({ name, place }, index) =>
      `CASE WHEN ROW(t.${identifier(name)})::text <> ROW(u.a${place})::text THEN ($1::text[])[${index + 1}] END`,
  );
  const rows = await session.query<{
    key: string;
    verdict: string;
    by: string | null;
    changed: string[] | null;
    total: number;
  }>(
    `SELECT pg_catalog.concat_ws(', ', ${open.identity.map((_, index) => `u.k${index}::text`).join(', ')}) AS key, u.verdict, u.by, count(*) OVER () AS total,
            pg_catalog.array_remove(ARRAY[${changed.join(', ')}], NULL) AS changed
     FROM ${open.rows} u JOIN ${open.table.sql} t ON ${isRowOf(open, 't', 'u')}
     WHERE u.verdict <> 'undo' ORDER BY u.n LIMIT ${named}`,
    [open.common.map(({ name }) => name)],
  );
  return {
    set: open.set,
    table: open.table.name,
    count: rows[0]?.total ?? 0,
    rows: rows.map(
      ({ key, verdict, by, changed: columns }) =>
        `${open.table.name} (${open.identity.join(', ')}) = (${key}): ${verdict === 'changed' ? `${columns!.join(', ')} changed` : `rows of ${by} refer to it`}`,
    ),
  };
}
