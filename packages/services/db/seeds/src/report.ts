import type { TaskReport } from '@opsgraph/report';
import { agree, count, formatNumber } from '@opsgraph/text';
import { describeRow, type PlannedSeed } from './plan-seed.ts';
import type { RollbackResult } from './rollback-seed.ts';
import type { SeededSet, SeedResult } from './seed.ts';
import type { SetStatus } from './seed-status.ts';

export function reportSeeded(result: SeedResult): TaskReport {
  const { sets } = result;
  const [inserted, updated, rows] = [sum(sets, 'inserted'), sum(sets, 'updated'), sum(sets, 'rows')];
  const done = [
    inserted > 0 && `${formatNumber(inserted)} rows inserted`,
    updated > 0 && `${formatNumber(updated)} updated`,
  ].filter((part) => part !== false);
  return {
    summary:
      done.length > 0
        ? `${done.join(', ')}, ${formatNumber(rows - inserted - updated)} already right`
        : `all ${formatNumber(rows)} rows of ${sets.length === 1 ? '1 set are as its file says' : `${sets.length} sets are as their files say`}`,
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
    return `${formatNumber(rows)} rows; file and table are what run ${known.since} left (sha256 of the file, digest of every row of ${table})`;
  if (inserted + updated === 0) return `${formatNumber(rows)} rows, each compared with the table and equal`;
  const counts = `${formatNumber(inserted)} inserted, ${formatNumber(updated)} updated, ${formatNumber(unchanged)} equal`;
  return isRepair
    ? `${counts}; the file is the same as before, so this restores what was changed or deleted since`
    : counts;
}

/** That the table holds something else than the file gives must not go unseen. */
export function describeRewritten(set: Pick<SeededSet, 'rewritten' | 'rewriters' | 'table'>): string[] {
  const { rewritten, rewriters, table } = set;
  if (rewritten === 0) return [];
  return [
    `  ${count(rewritten, 'row')} of ${table} not exactly as in the file, but as its triggers and rules make ${agree(rewritten, 'it', 'them')} (${rewriters.join(', ')})`,
  ];
}

/** seed never deletes; that rows went out of a file must not go unseen. */
function describeLeftOver({ leftOver, table }: Pick<SeededSet, 'leftOver' | 'table'>): string[] {
  const { count: rows, keys } = leftOver;
  if (rows === 0) return [];
  const some =
    keys.length === 0 ? '' : `: ${keys.map((key) => `(${key})`).join(', ')}${keys.length < rows ? ', …' : ''}`;
  return [
    `  ${count(rows, 'row')} of ${table} seeded earlier ${agree(rows, 'is', 'are')} no longer in the file and left alone${some}`,
  ];
}

export function reportPlanned({ sets }: { sets: PlannedSeed[] }): TaskReport {
  const [inserts, updates] = [sum(sets, 'inserts'), sum(sets, 'updates')];
  return {
    summary:
      inserts + updates === 0
        ? 'nothing would change'
        : `${formatNumber(inserts)} rows would be inserted, ${formatNumber(updates)} updated; nothing was written`,
    changes: sets.flatMap((set) => changesOf(set.table, { insert: set.inserts, update: set.updates })),
    lines: sets.flatMap((set) => [
      `${set.name}: ${formatNumber(set.inserts)} to insert, ${formatNumber(set.updates)} to update, ${formatNumber(set.unchanged)} equal`,
      ...set.insertRows.map((row) => `  ${describeRow('insert', row)}`),
      ...set.updateRows.map((row) => `  ${describeRow('update', row)}`),
      ...describeLeftOver(set),
    ]),
    data: { sets },
  };
}

export function reportRolledBack(result: RollbackResult, dryRun: boolean): TaskReport {
  const { sets } = result;
  const [deleted, restored] = [sum(sets, 'deleted'), sum(sets, 'restored')];
  const kept = sets.reduce((total, set) => total + set.kept.count, 0);
  const would = dryRun ? 'would be ' : '';
  return {
    summary:
      sets.length === 0
        ? 'no seed is in place; nothing to undo'
        : `${formatNumber(deleted)} rows ${would}deleted, ${formatNumber(restored)} ${would}restored${kept > 0 ? `, ${formatNumber(kept)} kept` : ''}${dryRun ? '; nothing was changed' : ''}`,
    changes: sets.flatMap((set) => changesOf(set.table, { delete: set.deleted, restore: set.restored })),
    lines: sets.flatMap((set) => [
      `${set.name} (run ${set.run}): ${formatNumber(set.deleted)} deleted, ${formatNumber(set.restored)} restored, ${formatNumber(set.missing)} already gone`,
      ...set.notes.map((note) => `  ${note}`),
      ...set.kept.rows.map((row) => `  kept: ${row}`),
      ...(set.kept.count > set.kept.rows.length
        ? [`  kept: … and ${formatNumber(set.kept.count - set.kept.rows.length)} more`]
        : []),
    ]),
    data: result,
  };
}

/** A set that is not as its file says, or not known to be, is a finding. */
export function reportStatus(sets: readonly SetStatus[]): TaskReport {
  const open = sets.filter(({ state }) => state !== 'loaded' && state !== 'layout').length;
  return {
    summary:
      open === 0
        ? `${sets.length} sets are loaded and their files unchanged`
        : `${sets.length - open} of ${sets.length} sets are loaded and unchanged`,
    changes: [],
    lines: sets.map((set) => `${set.name}: ${describeStatus(set)}`),
    data: { sets },
    findings: open > 0,
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
      : `${formatNumber(rows!)} rows confirmed by run ${lastRun} at ${lastSeen!.toISOString().slice(0, 19)}Z`;
  const ledger =
    standingRuns === 0
      ? 'nothing to undo'
      : `${formatNumber(inserted)} inserted and ${formatNumber(updated)} updated in ${count(standingRuns, 'run')} can be undone`;
  switch (state) {
    case 'loaded':
      return `loaded; ${seen}; ${ledger}`;
    case 'layout':
      return `loaded; the file now has other line ends or another byte order mark, which change no row; ${seen}; ${ledger}`;
    case 'changed':
      return `the file changed since; ${seen}; ${ledger}`;
    case 'unconfirmed':
      return `loaded, and a later load of it was undone since; diff shows whether the rows are as the file says; ${ledger}`;
    case 'new':
      return `not loaded; ${ledger}`;
    case 'unreadable':
      return `${problem}; ${ledger}`;
  }
}

function changesOf(table: string, counts: Record<string, number>): TaskReport['changes'] {
  return Object.entries(counts).flatMap(([action, count]) => (count > 0 ? [{ action, object: table, count }] : []));
}

function sum<Key extends string>(sets: readonly Record<Key, number>[], key: Key): number {
  return sets.reduce((total, set) => total + set[key], 0);
}
