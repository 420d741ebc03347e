import type { Edit } from '../files/layout.ts';
import type { FileProblem, MigrationFile } from '../files/migration-file.ts';
import type { KnexTables } from '../knex/tables.ts';

/** What the directories and the target say, unjudged. */
export interface State {
  files: MigrationFile[];
  fileProblems: FileProblem[];
  rows: LedgerRow[];
  knexRows: KnexRow[];
  tables: KnexTables;
  /** The key of our rows: schema.table of knex's ledger. */
  ledger: string;
  /** Stock knex is running, or was killed while it did. */
  isLockedByKnex: boolean;
}

/** A row of ops.migration, without the content. */
export interface LedgerRow {
  stem: string;
  file: string;
  kind: 'knex' | 'sql';
  sha256: string;
  status: 'started' | 'applied';
  direction: 'up' | 'down';
  adopted: boolean;
  batch: number;
  knex_id: number | null;
  position: number;
  started_at: Date;
  finished_at: Date | null;
  statements_done: number;
  done_sha256: string | null;
  begun: string | null;
  error: string | null;
  /** How its file differs from what was recorded; undefined: in nothing that matters, or there is no file. */
  edit?: Edit | undefined;
  /** Of what was recorded, where there is no file of its name. */
  layoutDigest?: string;
}

/** A row of knex's own table. */
export interface KnexRow {
  id: number;
  name: string;
  stem: string;
  batch: number;
  migration_time: Date | null;
}
