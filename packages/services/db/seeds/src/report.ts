import { describeRow, type PlannedSeed } from './plan-seed.ts';
import type { RollbackResult } from './rollback-seed.ts';
import type { SeededSet, SeedResult } from './seed.ts';
import type { SetStatus } from './seed-status.ts';

/** What a task tells of a result; the kit's TaskReport has this shape. */
export interface Report {
  summary: string;
  changes: { action: string; object: string; count: number }[];
  lines: string[];
  data: unknown;
  /** Something is not as it should be: exit code 1. */
  findings?: boolean;
}

export function reportSeeded(result: SeedResult): Report {
  const { sets } = result;
  const [inserted, updated, rows] = [sum(sets, 'inserted'), sum(sets, 'updated'), sum(sets, 'rows')];
  const done = [
    inserted > 0 && `${number(inserted)} rows inserted`,
    updated > 0 && `${number(updated)} updated`,
  ].filter((part) => part !== false);
  return {
    summary:
      done.length > 0
        ? `${done.join(', ')}, ${number(rows - inserted - updated)} already right`
        : `all ${number(rows)} rows of ${sets.length === 1 ? '1 set are as its file says' : `${sets.length} sets are as their files say`}`,
    changes: sets.flatMap((set) => changesOf(set.table, { insert: set.inserted, update: set.updated })),
    lines: sets.flatMap((set) => [
      `${set.name}: ${describeSet(set)}`,
      ...describeRewritten(set),
      ...describeLeftOver(set),
    ]),
    data: result,
  };
}

function describeSet({ rows, inserted, updated, unchanged, known, isRepair, table }: SeededSet): string {
  if (known.by === 'digest')
    return `${number(rows)} rows; file and table are what run ${known.since} left (sha256 of the file, digest of every row of ${table})`;
  if (inserted + updated === 0) return `${number(rows)} rows, each compared with the table and equal`;
  const counts = `${number(inserted)} inserted, ${number(updated)} updated, ${number(unchanged)} equal`;
  return isRepair
    ? `${counts}; the file is the same as before, so this puts back what was changed or deleted since`
    : counts;
}

/** That the table holds something else than the file gives must not go unseen. */
export function describeRewritten(set: Pick<SeededSet, 'rewritten' | 'rewriters' | 'table'>): string[] {
  const { rewritten: count, rewriters, table } = set;
  if (count === 0) return [];
  return [
    `  ${number(count)} ${count === 1 ? 'row' : 'rows'} of ${table} not to the letter of the file, but as its triggers and rules make ${count === 1 ? 'it' : 'them'} (${rewriters.join(', ')})`,
  ];
}

/** seed never deletes; that rows went out of a file must not go unseen. */
function describeLeftOver({ leftOver: { count, keys }, table }: Pick<SeededSet, 'leftOver' | 'table'>): string[] {
  if (count === 0) return [];
  const some =
    keys.length === 0 ? '' : `: ${keys.map((key) => `(${key})`).join(', ')}${keys.length < count ? ', …' : ''}`;
  return [
    `  ${number(count)} ${count === 1 ? 'row' : 'rows'} of ${table} seeded earlier ${count === 1 ? 'is' : 'are'} no longer in the file and left alone${some}`,
  ];
}

export function reportPlanned({ sets }: { sets: PlannedSeed[] }): Report {
  const [inserts, updates] = [sum(sets, 'inserts'), sum(sets, 'updates')];
  return {
    summary:
      inserts + updates === 0
        ? 'nothing would change'
        : `${number(inserts)} rows would be inserted, ${number(updates)} updated; nothing was written`,
    changes: sets.flatMap((set) => changesOf(set.table, { insert: set.inserts, update: set.updates })),
    lines: sets.flatMap((set) => [
      `${set.name}: ${number(set.inserts)} to insert, ${number(set.updates)} to update, ${number(set.unchanged)} equal`,
      ...set.insertRows.map((row) => `  ${describeRow('insert', row)}`),
      ...set.updateRows.map((row) => `  ${describeRow('update', row)}`),
      ...describeLeftOver(set),
    ]),
    data: { sets },
  };
}

export function reportRolledBack(result: RollbackResult, dryRun: boolean): Report {
  const { sets } = result;
  const [deleted, restored] = [sum(sets, 'deleted'), sum(sets, 'restored')];
  const kept = sets.reduce((total, set) => total + set.kept.count, 0);
  const would = dryRun ? 'would be ' : '';
  return {
    summary:
      sets.length === 0
        ? 'no seed is in place; nothing to undo'
        : `${number(deleted)} rows ${would}deleted, ${number(restored)} ${would}put back${kept > 0 ? `, ${number(kept)} kept` : ''}${dryRun ? '; nothing was changed' : ''}`,
    changes: sets.flatMap((set) => changesOf(set.table, { delete: set.deleted, restore: set.restored })),
    lines: sets.flatMap((set) => [
      `${set.name} (run ${set.run}): ${number(set.deleted)} deleted, ${number(set.restored)} put back, ${number(set.missing)} already gone`,
      ...set.notes.map((note) => `  ${note}`),
      ...set.kept.rows.map((row) => `  kept: ${row}`),
      ...(set.kept.count > set.kept.rows.length
        ? [`  kept: … and ${number(set.kept.count - set.kept.rows.length)} more`]
        : []),
    ]),
    data: result,
  };
}

export function reportStatus(sets: readonly SetStatus[]): Report {
  const open = sets.filter(({ state }) => state !== 'loaded' && state !== 'layout').length;
  return {
    summary:
      open === 0
        ? `${sets.length} sets are loaded and their files unchanged`
        : `${sets.length - open} of ${sets.length} sets are loaded and unchanged`,
    changes: [],
    lines: sets.map((set) => `${set.name}: ${describeStatus(set)}`),
    data: { sets },
  };
}

function describeStatus({
  state,
  problem,
  lastRun,
  lastSeen,
  rows,
  inserted,
  updated,
  standingRuns,
}: SetStatus): string {
  const seen =
    lastRun === undefined
      ? ''
      : `${number(rows!)} rows confirmed by run ${lastRun} at ${lastSeen!.toISOString().slice(0, 19)}Z`;
  const ledger =
    standingRuns === 0
      ? 'nothing to undo'
      : `${number(inserted)} inserted and ${number(updated)} updated in ${standingRuns} ${standingRuns === 1 ? 'run' : 'runs'} can be undone`;
  switch (state) {
    case 'loaded':
      return `loaded; ${seen}; ${ledger}`;
    case 'layout':
      return `loaded, though the file has other line ends or another byte order mark now, which change no row; ${seen}; ${ledger}`;
    case 'changed':
      return `the file changed since; ${seen}; ${ledger}`;
    case 'new':
      return `not loaded; ${ledger}`;
    case 'unreadable':
      return `${problem}; ${ledger}`;
  }
}

function changesOf(table: string, counts: Record<string, number>): Report['changes'] {
  return Object.entries(counts).flatMap(([action, count]) => (count > 0 ? [{ action, object: table, count }] : []));
}

function sum<Key extends string>(sets: readonly Record<Key, number>[], key: Key): number {
  return sets.reduce((total, set) => total + set[key], 0);
}

export function number(value: number): string {
  return value.toLocaleString('en');
}
