import { OpsError } from '@opsgraph/errors';
import { identifier, type Session, sqlState } from '@opsgraph/postgres';
import { columnsSince } from '../table/columns-since.ts';
import { equalsOf } from '../table/comparison.ts';
import { readTable } from '../table/read-table.ts';
import { type Column, imageColumns, type Table } from '../table/table.ts';
import { type LostLoad, lost, tableGone } from './lost-load.ts';
import type { KnownColumn, OpenLoad, RecordedLoad } from './recorded-load.ts';

const fields = `id, run, data_set AS "set", schema_name AS schema, table_name AS "tableName", relation, columns, numbers, types, identity, inserted, updated`;

/**
 * What is to be undone, the last first: the latest load in place of the set
 * named, else every load in place of the run that seeded last.
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

/**
 * A set that was never loaded is nothing to undo; a name that nobody knows is a slip.
 *
 * @param known the names in the manifest
 * @throws OpsError SEED_SET_UNKNOWN (64)
 */
export async function requireKnownSet(session: Session, set: string, known: readonly string[]): Promise<void> {
  const loaded = await session.query<{ name: string }>('SELECT DISTINCT data_set AS name FROM ops.seed_load');
  const names = new Set([...known, ...loaded.map(({ name }) => name)]);
  if (names.has(set)) return;
  throw new OpsError({
    code: 'SEED_SET_UNKNOWN',
    exit: 'usage',
    message: `there is no data set ${set}, and none of that name was ever loaded`,
    hint: names.size === 0 ? 'none was loaded' : `there are: ${[...names].sort().join(', ')}`,
  });
}

/** Finds out what a load and its table still have in common, or why its rows cannot be found. */
export async function openLoad(session: Session, load: RecordedLoad): Promise<OpenLoad | LostLoad> {
  const table = await findTable(session, load);
  if (table === undefined) return tableGone(load);
  const since = columnsSince(load, table).map((column) => (column?.isGenerated ? undefined : column));
  const common: KnownColumn[] = [];
  for (const [place, column] of since.entries())
    if (column !== undefined)
      common.push({ ...column, place, was: await formerType(session, load.types[place]!, column) });
  const open: OpenLoad = {
    ...load,
    table,
    rows: `seed_undo_${load.id}`,
    identity: load.identity.flatMap((name) => since[load.columns.indexOf(name)]?.name ?? []),
    common,
    dropped: load.columns.flatMap((name, place) => (since[place] === undefined ? [{ name, place }] : [])),
    added: imageColumns(table).flatMap(({ name }) => (common.some((known) => known.name === name) ? [] : [name])),
  };
  return hasKey(open, load)
    ? open
    : lost(open, `${table.name} has no unique index on (${load.identity.join(', ')}) any more`);
}

/** By its name, and when there is none the one that had it. */
async function findTable(session: Session, load: RecordedLoad): Promise<Table | undefined> {
  const named = await readTable(session, identifier(load.schema, load.tableName));
  return named ?? (load.relation === null ? undefined : readTable(session, load.relation));
}

/** undefined when it is the same, and when it is gone or there is no cast: then the texts are compared as they are. */
async function formerType(session: Session, was: string, { type }: Column): Promise<string | undefined> {
  if (was === type) return undefined;
  try {
    await session.transaction(() => session.query(`SELECT NULL::${was}::${type}`));
    return was;
  } catch (error) {
    if (/^(22|23|42)/.test(sqlState(error))) return undefined;
    throw error;
  }
}

function hasKey({ table, identity }: OpenLoad, load: RecordedLoad): boolean {
  return (
    identity.length === load.identity.length &&
    table.uniqueKeys.some((key) => key.every((name) => identity.includes(name)))
  );
}

/** Row `row` of the table is the one that `u` of `rows` stands for. */
export function isRowOf(open: OpenLoad, row: string, u: string): string {
  return open.identity
    .map((name, index) => `${row}.${identifier(name)} ${equalsOf(open.table, name)} ${u}.k${index}`)
    .join(' AND ');
}
