import type { MigrationFile } from '../files/migration-file.ts';
import type { KnexRow, LedgerRow, State } from './state.ts';

/** A migration that the target has, in our ledger, in knex's, or in both. */
export interface AppliedEntry {
  stem: string;
  /** As recorded; the extension may differ from the file's. */
  name: string;
  kind: 'knex' | 'sql';
  file: MigrationFile | undefined;
  row: LedgerRow | undefined;
  knexRow: KnexRow | undefined;
  batch: number;
  appliedAt: Date | null;
}

export interface Comparison {
  /** In the order of application. */
  applied: AppliedEntry[];
  /** In the order of the directories. */
  pending: MigrationFile[];
  /** Begun outside a transaction and not known to have ended. */
  started: { row: LedgerRow; file: MigrationFile | undefined }[];
  /** Applied by stock knex and not yet taken over. */
  adoptable: (AppliedEntry & { file: MigrationFile; knexRow: KnexRow })[];
  edited: AppliedEntry[];
  missing: AppliedEntry[];
  /** Pending, though one that comes after it is applied. */
  outOfOrder: { file: MigrationFile; after: string }[];
  /** Files with one stem. */
  duplicates: MigrationFile[][];
  /** The number of the next batch. */
  batch: number;
}

/** Judges what was read; touches nothing. */
export function compare(state: State): Comparison {
  const byStem = Map.groupBy(state.files, ({ stem }) => stem);
  const fileOf = (stem: string): MigrationFile | undefined => byStem.get(stem)?.[0];
  const rows = new Map(state.rows.map((row) => [row.stem, row]));

  const inKnex = new Set(state.knexRows.map(({ stem }) => stem));
  // One that stock knex finished meanwhile is no longer in doubt.
  const isFinished = ({ kind, direction, stem }: LedgerRow): boolean =>
    kind === 'knex' && direction === 'up' && inKnex.has(stem);
  const started = state.rows
    .filter((row) => row.status === 'started' && !isFinished(row))
    .map((row) => ({ row, file: fileOf(row.stem) }));
  const startedStems = new Set(started.map(({ row }) => row.stem));
  const applied = orderOfApplication([
    ...state.knexRows.map((knexRow) => fromKnex(knexRow, rows.get(knexRow.stem), fileOf(knexRow.stem))),
    ...state.rows.filter(({ kind }) => kind === 'sql').map((row) => fromLedger(row, fileOf(row.stem))),
  ]).filter(({ stem }) => !startedStems.has(stem));
  const appliedStems = new Set(applied.map(({ stem }) => stem));
  const pending = state.files.filter(({ stem }) => !appliedStems.has(stem) && !startedStems.has(stem));
  const last = state.files.findLastIndex(({ stem }) => appliedStems.has(stem));

  return {
    applied,
    pending,
    started,
    adoptable: applied.filter(
      (entry) => entry.row === undefined && entry.file !== undefined,
    ) as Comparison['adoptable'],
    edited: applied.filter(({ row }) => row?.edit !== undefined),
    missing: applied.filter(({ file }) => file === undefined),
    outOfOrder: pending
      .filter((file) => state.files.indexOf(file) < last)
      .map((file) => ({ file, after: state.files[last]!.name })),
    duplicates: [...byStem.values()].filter((same) => same.length > 1),
    batch: Math.max(0, ...applied.map(({ batch }) => batch), ...started.map(({ row }) => row.batch)) + 1,
  };
}

function fromKnex(knexRow: KnexRow, row: LedgerRow | undefined, file: MigrationFile | undefined): AppliedEntry {
  // Another id: stock knex rolled it back and ran it again, perhaps with other content.
  const own = row?.knex_id === knexRow.id ? row : undefined;
  return {
    stem: knexRow.stem,
    name: knexRow.name,
    kind: 'knex',
    file,
    row: own,
    knexRow,
    batch: knexRow.batch,
    appliedAt: knexRow.migration_time,
  };
}

function fromLedger(row: LedgerRow, file: MigrationFile | undefined): AppliedEntry {
  return {
    stem: row.stem,
    name: row.file,
    kind: 'sql',
    file,
    row,
    knexRow: undefined,
    batch: row.batch,
    appliedAt: row.finished_at,
  };
}

/** Ours by position; what stock knex did since comes after, by its ids. */
function orderOfApplication(entries: AppliedEntry[]): AppliedEntry[] {
  const rank = ({ row }: AppliedEntry): number => row?.position ?? Number.MAX_SAFE_INTEGER;
  return entries.toSorted((one, other) => rank(one) - rank(other) || (one.knexRow?.id ?? 0) - (other.knexRow?.id ?? 0));
}
