import type { RecordedTable } from '../table/columns-since.ts';
import type { Column, Table } from '../table/table.ts';

/** What the ledger says about one set that one run loaded. */
export interface RecordedLoad extends RecordedTable {
  id: number;
  run: string;
  set: string;
  schema: string;
  tableName: string;
  types: string[];
  identity: string[];
  inserted: number;
  updated: number;
}

/** A load whose rows are looked at. */
export interface OpenLoad extends RecordedLoad {
  table: Table;
  /**
   * The temporary table of the rows that are still there: n, is_insert, verdict (undo, changed or referenced), by,
   * k0… (identity, typed), b0… and a0… (former and later values as text, by place in `columns`).
   */
  rows: string;
  /** What tells rows apart, as the columns are called now. */
  identity: string[];
  /** Columns that the load knew and the table still has, under their names of now. */
  common: readonly KnownColumn[];
  /** Columns that were dropped since. */
  dropped: readonly { name: string; place: number }[];
  /** Columns that were added since. */
  added: readonly string[];
}

export interface KnownColumn extends Column {
  place: number;
  /** The type that it had, where it has another one now and its values can be converted. */
  was: string | undefined;
}
