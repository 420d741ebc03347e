import { OpsError } from '@opsgraph/errors';
import { identifier, type Session } from '@opsgraph/postgres';
import { readTable } from '../table/read-table.ts';
import { type Column, imageColumns, type Table } from '../table/table.ts';

/** What the ledger says about one set that one run loaded. */
export interface RecordedLoad {
  id: number;
  run: string;
  set: string;
  schema: string;
  tableName: string;
  columns: string[];
  identity: string[];
  inserted: number;
  updated: number;
  loadedAt: Date;
  actor: string;
}

const fields = `id, run, data_set AS "set", schema_name AS schema, table_name AS "tableName", columns, identity, inserted, updated, loaded_at AS "loadedAt", actor`;

/**
 * What is to be undone, the last first: the latest load that stands of the set
 * named, else every load that stands of the run that seeded last.
 */
export async function chooseLoads(session: Session, set: string | undefined): Promise<RecordedLoad[]> {
  if (set !== undefined) {
    return session.query<RecordedLoad & Record<string, unknown>>(
      `SELECT ${fields} FROM ops.seed_load WHERE undone_at IS NULL AND data_set = $1 ORDER BY id DESC LIMIT 1`,
      [set],
    );
  }
  return session.query<RecordedLoad & Record<string, unknown>>(
    `SELECT ${fields} FROM ops.seed_load WHERE undone_at IS NULL AND run = (SELECT run FROM ops.seed_load WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1) ORDER BY id DESC`,
  );
}

/** A load whose rows are looked at. */
export interface OpenLoad extends RecordedLoad {
  table: Table;
  /**
   * The temporary table of the rows that are still there: n, is_insert, verdict (undo, changed or referenced), by,
   * k0… (identity, typed), b0… and a0… (former and later values as text, by place in `columns`).
   */
  rows: string;
  /** Columns that the load knew and the table still has. */
  common: readonly (Column & { place: number })[];
  /** Columns that were dropped since. */
  dropped: readonly { name: string; place: number }[];
  /** Columns that were added since. */
  added: readonly string[];
}

/**
 * Finds out what a load and its table still have in common. undefined when the table is gone.
 *
 * @throws OpsError SEED_KEY_GONE (77) when the table can no longer tell its rows apart
 */
export async function openLoad(session: Session, load: RecordedLoad): Promise<OpenLoad | undefined> {
  const table = await readTable(session, identifier(load.schema, load.tableName));
  if (table === undefined) return undefined;
  const columns = imageColumns(table);
  const present = load.columns.map((name, place) => ({
    name,
    place,
    column: columns.find((column) => column.name === name),
  }));
  const open: OpenLoad = {
    ...load,
    table,
    rows: `seed_undo_${load.id}`,
    common: present.flatMap(({ column, place }) => (column === undefined ? [] : [{ ...column, place }])),
    dropped: present.filter(({ column }) => column === undefined),
    added: columns.map(({ name }) => name).filter((name) => !load.columns.includes(name)),
  };
  requireKey(open);
  return open;
}

function requireKey({ identity, table, set, run }: OpenLoad): void {
  if (table.uniqueKeys.some((key) => key.every((name) => identity.includes(name)))) return;
  throw new OpsError({
    code: 'SEED_KEY_GONE',
    exit: 'refused',
    message: `${table.name} has no unique index on (${identity.join(', ')}) any more, so the rows that run ${run} seeded from ${set} cannot be told apart`,
    hint: 'create the index again, then undo',
  });
}

/** Row `row` of the table is the one that `u` of `rows` stands for. */
export function isRowOf(open: OpenLoad, row: string, u: string): string {
  return open.identity.map((name, index) => `${row}.${identifier(name)} = ${u}.k${index}`).join(' AND ');
}

/** The columns of row `t`, written as they are in an image. */
export function currentImage({ common }: OpenLoad, row: string): string {
  return `ROW(${common.map(({ name }) => `${row}.${identifier(name)}`).join(', ')})::text`;
}
