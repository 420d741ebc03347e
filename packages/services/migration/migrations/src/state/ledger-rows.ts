import { literal } from '@opsgraph/postgres';
import { storableText } from '../files/decode.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import type { Comparison } from './compare.ts';
import type { State } from './state.ts';

/**
 * Says inside a transaction which migration it belongs to. The setting ends
 * with the transaction, so a migration that committed by itself has lost it,
 * and its row violates NOT NULL instead of claiming what was not atomic.
 */
export function markTransaction(file: MigrationFile): string {
  return `SET LOCAL ops.migration = ${literal(file.name)}`;
}

const marked = "nullif(pg_catalog.current_setting('ops.migration', true), '')";

export interface RowFacts {
  state: State;
  file: MigrationFile;
  batch: number;
  run: string | undefined;
}

/** The row of a migration that ends in this transaction. With `knexInsert` knex's row goes with it. */
export function insertApplied(facts: RowFacts, knexInsert?: string): string {
  const { state, file } = facts;
  const values = `${literal(state.ledger)}, ${literal(file.stem)}, ${marked}, ${common(facts)}, 'applied', pg_catalog.clock_timestamp()`;
  const insert =
    'INSERT INTO ops.migration (ledger, stem, file, kind, sha256, content, batch, run, status, finished_at, knex_id)';
  return knexInsert === undefined
    ? `${insert} VALUES (${values}, NULL) ${replaceStale}`
    : `WITH stock AS (${knexInsert}) ${insert} SELECT ${values}, stock.id FROM stock ${replaceStale} RETURNING knex_id`;
}

/** The row that is committed before a migration begins outside a transaction. */
export function insertStarted(facts: RowFacts): string {
  const { state, file } = facts;
  return `INSERT INTO ops.migration (ledger, stem, file, kind, sha256, content, batch, run, status)
    VALUES (${literal(state.ledger)}, ${literal(file.stem)}, ${literal(file.name)}, ${common(facts)}, 'started') ${replaceStale}`;
}

/** For rows of stock knex: taken over with the content that the file has now. */
export function insertAdopted(state: State, adopted: Comparison['adoptable'], run: string | undefined): string {
  const rows = adopted.map(({ file, knexRow: { id, batch, migration_time } }) => {
    const time = migration_time === null ? 'clock_timestamp()' : literal(migration_time.toISOString());
    const facts = common({ state, file, batch, run });
    return `(${literal(state.ledger)}, ${literal(file.stem)}, ${literal(file.name)}, ${facts}, 'applied', true, ${id}, ${time}, ${time})`;
  });
  const columns = 'file, kind, sha256, content, batch, run, status, adopted, knex_id, started_at, finished_at';
  return `INSERT INTO ops.migration (ledger, stem, ${columns})
    VALUES ${rows.join(',')}
    ON CONFLICT (ledger, stem) DO UPDATE SET (${columns}, direction, statements_done, done_sha256, begun, error, position)
    = (${columns.replaceAll(/\w+/g, 'excluded.$&')}, 'up', 0, NULL, NULL, NULL, DEFAULT)`;
}

export function removeRow(state: State, stem: string): string {
  return `DELETE FROM ops.migration WHERE ${isRow(state, stem)}`;
}

/** `assignments` is SQL. */
export function updateRow(state: State, stem: string, assignments: string): string {
  return `UPDATE ops.migration SET ${assignments} WHERE ${isRow(state, stem)}`;
}

function isRow(state: State, stem: string): string {
  return `ledger = ${literal(state.ledger)} AND stem = ${literal(stem)}`;
}

function common({ file, batch, run }: RowFacts): string {
  return `${literal(file.kind)}, ${literal(file.sha256)}, ${literal(storableText(file.bytes))}, ${batch}, ${run === undefined ? 'NULL' : literal(run)}`;
}

/** A row may be left of a time before stock knex rolled the migration back. */
const replaceStale = `ON CONFLICT (ledger, stem) DO UPDATE SET
  (file, kind, sha256, content, batch, run, status, direction, adopted, knex_id, started_at, finished_at, statements_done, done_sha256, begun, error, position)
  = (excluded.file, excluded.kind, excluded.sha256, excluded.content, excluded.batch, excluded.run, excluded.status, 'up', false, excluded.knex_id,
     pg_catalog.clock_timestamp(), excluded.finished_at, 0, NULL, NULL, NULL, DEFAULT)`;
