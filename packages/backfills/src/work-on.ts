import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { LoadedBackfill, RowKey } from './backfill.ts';
import { keyColumns, keyRange, type Range } from './key-sql.ts';
import type { KeyedTable } from './table.ts';
import { watchFailures } from './watch-failures.ts';

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
  const [sql, values] = keysStatement(table, definition.rows, range);
  const keys = await session.query<RowKey>(sql, values);
  if (keys.length === 0) return 0;
  const arrays = table.key.map(({ name }) => keys.map((key) => key[name]!));
  if (typeof definition.work === 'string') await session.execute(definition.work, arrays);
  else await callWork(session, path, definition.work, keys);
  if (mustChange) {
    const [check, all] = stillStatement(table, definition.rows, arrays);
    const [row] = await session.query<{ still: number }>(check, all);
    if (row!.still > 0) throw withoutEffect(path, row!.still);
  }
  return keys.length;
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

/** Locked: they stay as they are until the work on them is committed. Keys may still be referred to. */
export function keysStatement(table: KeyedTable, rows: string, range: Range): [string, string[]] {
  const [condition, values] = keyRange(table, range);
  const columns = keyColumns(table);
  const sql = `SELECT ${columns.map((column) => `${column}::text`).join(', ')} FROM ${table.sql}
  WHERE ${condition} AND (${rows}
  ) ORDER BY ${columns.join(', ')} FOR NO KEY UPDATE`;
  return [sql, values];
}

function stillStatement(table: KeyedTable, rows: string, arrays: string[][]): [string, string[][]] {
  const unnested = table.key.map(({ type }, at) => `$${at + 1}::text[]::${arrayOf(type)}`).join(', ');
  const sql = `SELECT count(*) AS still FROM ${table.sql}
  WHERE (${keyColumns(table).join(', ')}) IN (SELECT * FROM unnest(${unnested})) AND (${rows}
  )`;
  return [sql, arrays];
}

function arrayOf(type: string): string {
  return `${type}[]`;
}

async function callWork(
  session: Session,
  path: string,
  work: (session: Session, keys: readonly RowKey[]) => Promise<unknown>,
  keys: readonly RowKey[],
): Promise<void> {
  const before = await transactionId(session);
  const { watched, first } = watchFailures(session);
  await work(watched, keys);
  const after = await transactionId(session).catch((error: { code?: string }) => {
    // it is aborted, and only the statement that failed says why
    throw error.code === '25P02' ? (first() ?? error) : error;
  });
  if (after === before) return;
  throw new OpsError({
    code: 'BACKFILL_ENDED_TRANSACTION',
    exit: 'badData',
    message: `${path}: work ended the transaction of its batch; the batch may have been done without being recorded`,
    hint: 'leave BEGIN, COMMIT and ROLLBACK to the backfill, and look at the rows after the cursor',
  });
}

/** The lock on the record has given the transaction an id already. */
async function transactionId(session: Session): Promise<string | null> {
  const [row] = await session.query<{ id: string | null }>('SELECT pg_current_xact_id_if_assigned()::text AS id');
  return row!.id;
}

function keyMoved(path: string, moved: number): OpsError {
  return new OpsError({
    code: 'BACKFILL_KEY_MOVED',
    exit: 'badData',
    message: `${path}: set changes the key of ${moved} rows, which could be met again; this batch was rolled back`,
    hint: 'go through the table by a key that the work leaves alone',
  });
}

function withoutEffect(path: string, still: number): OpsError {
  return new OpsError({
    code: 'BACKFILL_WITHOUT_EFFECT',
    exit: 'badData',
    message: `${path}: ${still} rows still want work after it was done, so it would never end; this batch was rolled back`,
    hint: "make the work change what rows asks for, or say done: 'every-row-visited'",
  });
}
