import { identifier, type Session } from '@opsgraph/postgres';
import { currentImage, isRowOf, type OpenLoad, recordedImage } from './load.ts';

/** Locks the rows of a load that are still there and says of each whether it is as the load left it. */
export async function judgeRows(session: Session, open: OpenLoad): Promise<void> {
  await session.execute(
    `CREATE TEMP TABLE ${open.found} (n bigint PRIMARY KEY, verdict text NOT NULL, by text) ON COMMIT DROP`,
  );
  await session.execute(
    `INSERT INTO ${open.found} (n, verdict)
     SELECT u.n, CASE WHEN ${currentImage(open, 't')} = ${recordedImage(open, 'a', 'u')} THEN 'undo' ELSE 'changed' END
     FROM ${open.images} u JOIN ${open.table.sql} t ON ${isRowOf(open, 't', 'u')} FOR UPDATE OF t`,
  );
  await session.execute(`ANALYZE ${open.found}`);
}

interface ChildKey {
  schema: string;
  table: string;
  oid: number;
  columns: string[];
  targets: string[];
}

/**
 * A row that others refer to must stay, or they would go with it, or lose it:
 * every foreign key counts, whatever its ON DELETE says. Rows that are undone
 * together do not count, until one of them has to stay itself.
 */
export async function judgeReferences(session: Session, loads: readonly OpenLoad[]): Promise<void> {
  const children = new Map<OpenLoad, ChildKey[]>();
  for (const open of loads) {
    children.set(open, await session.query<ChildKey & Record<string, unknown>>(childKeysSql, [open.table.oid]));
  }
  for (let marked = 1; marked > 0; ) {
    marked = 0;
    for (const open of loads)
      for (const child of children.get(open)!) marked += await markReferenced(session, open, child, loads);
  }
}

async function markReferenced(
  session: Session,
  open: OpenLoad,
  child: ChildKey,
  loads: readonly OpenLoad[],
): Promise<number> {
  const places = child.targets.map((target) => open.common.find(({ name }) => name === target)?.place);
  const isRekeyed = places.flatMap((place) =>
    place === undefined ? [] : [`u.b${place} IS DISTINCT FROM u.a${place}`],
  );
  const leaves = ['u.is_insert', ...isRekeyed].join(' OR ');
  const staying = loads
    .filter(({ table }) => table.oid === child.oid)
    .map((other) => `NOT EXISTS (${goingWithIt(other, child)})`);
  return session.execute(
    `UPDATE ${open.found} f SET verdict = 'referenced', by = $1
     FROM ${open.images} u, ${open.table.sql} t
     WHERE f.verdict = 'undo' AND u.n = f.n AND (${leaves}) AND ${isRowOf(open, 't', 'u')}
       AND EXISTS (SELECT FROM ${identifier(child.schema, child.table)} c
                   WHERE ${child.columns.map((name, index) => `c.${identifier(name)} = t.${identifier(child.targets[index]!)}`).join(' AND ')}
                     AND ${['true', ...staying].join(' AND ')})`,
    [child.table],
  );
}

/** Child row `c` is deleted by this undo too, or gets back another parent. */
function goingWithIt(other: OpenLoad, { columns }: ChildKey): string {
  const moves = other.common
    .filter(({ name }) => columns.includes(name))
    .map(({ place }) => `v.b${place} IS DISTINCT FROM v.a${place}`);
  return `SELECT FROM ${other.images} v JOIN ${other.found} g USING (n) WHERE g.verdict = 'undo' AND ${isRowOf(other, 'c', 'v')} AND (${['v.is_insert', ...moves].join(' OR ')})`;
}

const childKeysSql = `
SELECT n.nspname::text AS schema, r.relname::text AS "table", r.oid::int8 AS oid,
       (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number) AS columns,
       (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number) AS targets
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
WHERE c.confrelid = $1::bigint::oid AND c.contype = 'f' AND c.conparentid = 0`;
