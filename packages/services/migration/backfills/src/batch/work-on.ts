import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { keyColumns, keyRange, type Range } from '../table/key-sql.ts';
import type { KeyedTable } from '../table/table.ts';
import { withoutEffect } from './without-effect.ts';
import { workOnKeys } from './work-on-keys.ts';

/**
 * Does the work on the rows of a range, inside the batch's transaction.
 *
 * @returns how many rows wanted work and were given it
 * @throws OpsError BACKFILL_KEY_MOVED, BACKFILL_WITHOUT_EFFECT, BACKFILL_ENDED_TRANSACTION (65)
 */
export async function workOn(
  session: Session,
  { definition, path }: LoadedBackfill,
  table: KeyedTable,
  range: Range,
): Promise<number> {
  const mustChange = definition.done === 'no-row-left';
  if ('set' in definition) {
    const [sql, values] = setStatement(table, definition.set, definition.rows, range);
    const [row] = await session.query<{ worked: number; moved: number; still: number }>(sql, values);
    const { worked, moved } = row!;
    if (moved > 0) throw keyMoved(path, moved);
    const still =
      mustChange && table.isGuarded ? await countWanting(session, table, definition.rows, range) : row!.still;
    if (mustChange && still > 0) throw withoutEffect(path, still);
    return worked;
  }
  const [sql, values] = chosenKeys(table, definition.rows, range);
  const chosen = await session.query<Record<string, string>>(sql, values);
  const arrays = table.key.map((_, at) => chosen.map((row) => row[`k${at}`]!));
  return workOnKeys(session, { definition, path }, table, arrays);
}

/** What became of an UPDATE, in one row: `worked`, `moved` and `still`. */
export function setStatement(table: KeyedTable, set: string, rows: string, range: Range): [string, string[]] {
  const [update, values] = setUpdate(table, set, rows, range);
  return [`WITH ops_touched AS (\n${update}\n) ${countTouched}`, values];
}

/** Of the CTE `ops_touched`, which is an UPDATE by setUpdate. Its name, and those beside it, must not hide a table that the SQL of a definition reads. */
export const countTouched =
  'SELECT count(*) AS worked, count(*) FILTER (WHERE moved) AS moved, count(*) FILTER (WHERE still) AS still FROM ops_touched';

/**
 * The rows of the range at the moment of the UPDATE, whatever others did to
 * them before. A row whose key leaves the range could be met again: it has
 * `moved`. One that wants work `still` would be met for ever.
 */
export function setUpdate(
  table: KeyedTable,
  set: string,
  rows: string,
  range: Range,
  condition = 'true',
): [string, string[]] {
  const [inRange, values] = keyRange(table, range);
  const sql = `UPDATE ${table.sql} SET ${set}
  WHERE ${condition} AND ${inRange} AND (${rows}
  ) RETURNING NOT (${inRange}) AS moved, coalesce((${rows}
  ), false) AS still`;
  return [sql, values];
}

/** How many rows of a range want work. */
export function wantingStatement(table: KeyedTable, rows: string, range: Range): [string, string[]] {
  const [inRange, values] = keyRange(table, range);
  return [`SELECT count(*) AS rows FROM ${table.sql}\n  WHERE ${inRange} AND (${rows}\n  )`, values];
}

async function countWanting(session: Session, table: KeyedTable, rows: string, range: Range): Promise<number> {
  const [row] = await session.query<{ rows: number }>(...wantingStatement(table, rows, range));
  return row!.rows;
}

/** Of the rows of the range that want work, as text in k0, …; locked, so that they stay as they are until it is committed. Keys may still be referred to. */
export function chosenKeys(table: KeyedTable, rows: string, range: Range, condition = 'true'): [string, string[]] {
  const [inRange, values] = keyRange(table, range);
  const columns = keyColumns(table);
  const sql = `SELECT ${columns.map((column, at) => `${column}::text AS k${at}`).join(', ')} FROM ${table.sql}
  WHERE ${condition} AND ${inRange} AND (${rows}
  ) ORDER BY ${columns.join(', ')} FOR NO KEY UPDATE`;
  return [sql, values];
}

function keyMoved(path: string, moved: number): OpsError {
  return new OpsError({
    code: 'BACKFILL_KEY_MOVED',
    exit: 'badData',
    message: `${path}: set changes the key of ${moved} rows, which could be visited again; this batch was rolled back`,
    hint: 'choose a key that the work does not change',
  });
}
