import { identifier, type Session } from '@opsgraph/postgres';
import { castToCompared, equalsOf } from '../table/comparison.ts';
import { isRowOf } from './open-load.ts';
import type { OpenLoad } from './recorded-load.ts';

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
  const keys = child.targets.map((target) => open.common.find(({ name }) => name === target));
  const isRekeyed = keys.flatMap((column) => (column === undefined ? [] : [isMoved(column, 'u')]));
  const leaves = ['u.is_insert', ...isRekeyed].join(' OR ');
  const staying = loads
    .filter(({ table }) => table.oid === child.oid)
    .map((other) => `NOT EXISTS (${goingWithIt(other, child)})`);
  return session.execute(
    `UPDATE ${open.rows} u SET verdict = 'referenced', by = $1 FROM ${open.table.sql} t
     WHERE u.verdict = 'undo' AND (${leaves}) AND ${isRowOf(open, 't', 'u')}
       AND EXISTS (SELECT FROM ${identifier(child.schema, child.table)} c
                   WHERE ${child.columns.map((name, index) => `c.${identifier(name)} ${equalsOf(open.table, child.targets[index]!)} t.${identifier(child.targets[index]!)}`).join(' AND ')}
                     AND ${['true', ...staying].join(' AND ')})`,
    [child.table],
  );
}

/** The load gave this column of the row another value. */
function isMoved(column: OpenLoad['common'][number], rows: string): string {
  const cast = castToCompared(column);
  return `${rows}.b${column.place}${cast} IS DISTINCT FROM ${rows}.a${column.place}${cast}`;
}

/** Child row `c` is deleted by this undo too, or gets back another parent. */
function goingWithIt(other: OpenLoad, { columns }: ChildKey): string {
  const moves = other.common.filter(({ name }) => columns.includes(name)).map((column) => isMoved(column, 'v'));
  return `SELECT FROM ${other.rows} v WHERE v.verdict = 'undo' AND ${isRowOf(other, 'c', 'v')} AND (${['v.is_insert', ...moves].join(' OR ')})`;
}

const childKeysSql = `
SELECT n.nspname::text AS schema, r.relname::text AS "table", r.oid::int8 AS oid,
       (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place) FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number) AS columns,
       (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place) FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number) AS targets
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
WHERE c.confrelid = $1::bigint::oid AND c.contype = 'f' AND c.conparentid = 0::oid`;
