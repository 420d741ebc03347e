import { identifier, type Session } from '@opsgraph/postgres';
import { resolveReferences } from '../check/resolve-references.ts';
import { type StagedSet, stagedRows, updatableColumns, writtenColumns } from '../stage/staged-set.ts';
import { differsFromFile, isRewritten } from '../write/rewritten.ts';
import { differs, sameKey } from '../write/row-sql.ts';
import { findLeftOver, type LeftOver } from './left-over.ts';

/** A row that would be inserted or updated. */
export interface ChangedRow {
  /** The natural key as text, its columns separated by a comma. */
  key: string;
  /** Column, former value, later value; as PostgreSQL writes them. For an insert every value there is. */
  columns: [name: string, before: string | null, after: string | null][];
}

export interface Comparison {
  inserts: number;
  updates: number;
  unchanged: number;
  /** Of the unchanged: rows that the table's triggers and rules keep otherwise than the file gives them. */
  rewritten: number;
  /** The triggers and rules of the table. */
  rewriters: readonly string[];
  /** The first few of each, in the file's order. */
  insertRows: ChangedRow[];
  updateRows: ChangedRow[];
  leftOver: LeftOver;
}

/** Where the file and the table differ. @param limit how many rows of each kind are shown */
export async function compareSet(session: Session, staged: StagedSet, limit: number): Promise<Comparison> {
  await resolveReferences(session, staged);
  const { table, set, rows } = staged;
  if (rows === 0) return compareNothing(session, staged, limit);
  const isMissing = `t.${identifier(set.key[0]!)} IS NULL`;
  const isDifferent = `NOT (${isMissing}) AND ${differsFromFile(staged, 't', 's')}`;
  const from = `FROM ${stagedRows(staged)} s LEFT JOIN ${table.sql} t ON ${sameKey(table, set.key, 't', 's')}`;
  const [counts] = await session.query<{ inserts: number; updates: number; rewritten: number; tableRows: number }>(
    `SELECT count(*) FILTER (WHERE ${isMissing}) AS inserts, count(*) FILTER (WHERE ${isDifferent}) AS updates, count(*) FILTER (WHERE NOT (${isMissing}) AND ${isRewritten(staged, 't', 's')}) AS rewritten, (SELECT count(*) FROM ${table.sql}) AS "tableRows" ${from}`,
  );
  const { inserts, updates, rewritten, tableRows } = counts!;
  return {
    inserts,
    updates,
    unchanged: rows - inserts - updates,
    rewritten,
    rewriters: table.rewriterNames,
    insertRows: inserts > 0 ? await someInserts(session, staged, `${from} WHERE ${isMissing}`, limit) : [],
    updateRows: updates > 0 ? await someUpdates(session, staged, `${from} WHERE ${isDifferent}`, limit) : [],
    leftOver: await findLeftOver(session, staged, { tableRows, missing: inserts }, limit),
  };
}

/** A file without rows has no columns to compare; only what it once had may be left. */
async function compareNothing(session: Session, staged: StagedSet, limit: number): Promise<Comparison> {
  const [table] = await session.query<{ rows: number }>(`SELECT count(*) AS rows FROM ${staged.table.sql}`);
  const leftOver = await findLeftOver(session, staged, { tableRows: table!.rows, missing: 0 }, limit);
  const { rewriterNames: rewriters } = staged.table;
  return { inserts: 0, updates: 0, unchanged: 0, rewritten: 0, rewriters, insertRows: [], updateRows: [], leftOver };
}

/** A reference to a row that does not exist yet has no value to show. */
function keyOf({ set }: StagedSet): string {
  return `pg_catalog.concat_ws(', ', ${set.key.map((name) => `coalesce(s.${identifier(name)}::text, '(new)')`).join(', ')})`;
}

function someInserts(session: Session, staged: StagedSet, from: string, limit: number): Promise<ChangedRow[]> {
  const columns = writtenColumns(staged).filter(({ name }) => !staged.set.key.includes(name));
  const values = columns.map(({ name }, index) => {
    const value = `s.${identifier(name)}`;
    return `CASE WHEN ${value} IS NOT NULL THEN pg_catalog.jsonb_build_array(($1::text[])[${index + 1}], NULL, ${value}::text) END`;
  });
  return someRows(session, staged, columns, values, from, limit);
}

function someUpdates(session: Session, staged: StagedSet, from: string, limit: number): Promise<ChangedRow[]> {
  const columns = updatableColumns(staged);
  const changes = columns.map((column, index) => {
    const name = identifier(column.name);
    return `CASE WHEN ${differs([column], 't', 's')} THEN pg_catalog.jsonb_build_array(($1::text[])[${index + 1}], t.${name}::text, s.${name}::text) END`;
  });
  return someRows(session, staged, columns, changes, from, limit);
}

function someRows(
  session: Session,
  staged: StagedSet,
  columns: readonly { name: string }[],
  values: readonly string[],
  from: string,
  limit: number,
): Promise<ChangedRow[]> {
  // the offset of nothing gives $1 a type where there is no column to name
  return session.query<ChangedRow & Record<string, unknown>>(
    `SELECT ${keyOf(staged)} AS key, pg_catalog.to_jsonb(pg_catalog.array_remove(ARRAY[${values.join(', ')}]::jsonb[], NULL)) AS columns ${from} ORDER BY s.position LIMIT ${limit} OFFSET pg_catalog.cardinality($1::text[]) * 0`,
    [columns.map(({ name }) => name)],
  );
}
