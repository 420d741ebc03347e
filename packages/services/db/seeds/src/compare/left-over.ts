import { identifier, type Session } from '@opsgraph/postgres';
import { type StagedSet, stagedRows } from '../stage/staged-set.ts';
import { columnsSince, type RecordedTable } from '../table/columns-since.ts';
import { equalsOf } from '../table/comparison.ts';
import { sameKey } from '../write/row-sql.ts';

export interface LeftOver {
  count: number;
  /** The natural keys of the first of them, as text. */
  keys: string[];
}

/**
 * Rows of the table that standing loads of this set wrote and that its file no
 * longer has. Nothing removes them but an undo.
 *
 * @param tableRows all rows of the table
 * @param missing rows of the file that are not in the table
 */
export async function findLeftOver(
  session: Session,
  staged: StagedSet,
  { tableRows, missing }: { tableRows: number; missing: number },
  limit: number,
): Promise<LeftOver> {
  // every row of the table is one of the file
  if (tableRows === staged.rows - missing) return { count: 0, keys: [] };
  const { table, set } = staged;
  const loads = await session.query<StandingLoad & Record<string, unknown>>(
    `SELECT id, relation, columns, numbers, identity FROM ops.seed_load
     WHERE data_set = $1 AND (relation = $2 OR schema_name = $3 AND table_name = $4) AND undone_at IS NULL ORDER BY id`,
    [set.name, table.oid, table.schema, table.name],
  );
  if (loads.length === 0) return { count: 0, keys: [] };
  const key = set.key.map((name) => `t.${identifier(name)}`);
  // a file without rows has no columns either
  const isInFile =
    staged.rows === 0
      ? 'false'
      : `EXISTS (SELECT FROM ${stagedRows(staged)} s WHERE ${sameKey(staged.table, set.key, 't', 's')})`;
  const found = `${staged.stage}_left`;
  await session.execute(
    `CREATE TEMP TABLE ${found} ON COMMIT DROP AS SELECT ${key.join(', ')} FROM ${table.sql} t LIMIT 0`,
  );
  for (const load of loads) {
    const written = await writtenBy(session, staged, load);
    if (written === undefined) continue;
    await session.execute(
      `INSERT INTO ${found} SELECT ${key.join(', ')} FROM ${table.sql} t
       WHERE EXISTS (SELECT FROM ${written.name} w WHERE ${written.identity.map((name, index) => `w.k${index} ${equalsOf(table, name)} t.${identifier(name)}`).join(' AND ')})
         AND NOT ${isInFile}
         AND NOT EXISTS (SELECT FROM ${found} f WHERE ${sameKey(staged.table, set.key, 't', 'f')})`,
    );
  }
  const rows = await session.query<{ key: string; total: number }>(
    `SELECT pg_catalog.concat_ws(', ', ${key.map((name) => `${name}::text`).join(', ')}) AS key, count(*) OVER () AS total FROM ${found} t ORDER BY ${key.join(', ')} LIMIT ${Math.max(limit, 1)}`,
  );
  return { count: rows[0]?.total ?? 0, keys: rows.slice(0, limit).map((row) => row.key) };
}

interface StandingLoad extends RecordedTable {
  id: number;
  identity: string[];
}

/** A temporary table of what tells the rows of a load apart (k0, …), and what these columns are called now; undefined when one is gone. */
async function writtenBy(
  session: Session,
  { table, stage }: StagedSet,
  load: StandingLoad,
): Promise<{ name: string; identity: string[] } | undefined> {
  const { id, columns } = load;
  const shape = `${stage}_shape_${id}`;
  const since = columnsSince(load, table);
  const identity = load.identity.flatMap((name) => since[columns.indexOf(name)] ?? []);
  if (identity.length < load.identity.length) return undefined;
  const keys = load.identity.map(
    (name, index) => `(x.after).c${columns.indexOf(name)}::${identity[index]!.bareType} AS k${index}`,
  );
  await session.execute(
    `CREATE TEMP TABLE ${shape} (${columns.map((_, place) => `c${place} text`).join(', ')}) ON COMMIT DROP`,
  );
  const name = `${stage}_load_${id}`;
  await session.execute(
    `CREATE TEMP TABLE ${name} ON COMMIT DROP AS SELECT ${keys.join(', ')}
     FROM (SELECT u.after::${shape} AS after FROM ops.seed_image i CROSS JOIN LATERAL pg_catalog.unnest(i.after) AS u (after) WHERE i.load = $1 OFFSET 0) x`,
    [id],
  );
  await session.execute(`ANALYZE ${name}`);
  return { name, identity: identity.map((column) => column.name) };
}
