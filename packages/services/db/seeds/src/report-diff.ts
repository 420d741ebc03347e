import type { TaskReport } from '@opsgraph/report';
import { formatNumber } from '@opsgraph/text';
import { describeRow, type PlannedSeed } from './plan-seed.ts';
import { describeRewritten } from './report.ts';

/** Every row that differs, as far as the limit allows; a difference is a finding. */
export function reportDiff({ sets }: { sets: PlannedSeed[] }): TaskReport {
  const total = (of: (set: PlannedSeed) => number): number => sets.reduce((sum, set) => sum + of(set), 0);
  const inserts = total((set) => set.inserts);
  const updates = total((set) => set.updates);
  const leftOver = total((set) => set.leftOver.count);
  const shown = total((set) => set.insertRows.length + set.updateRows.length + set.leftOver.keys.length);
  const differences = inserts + updates + leftOver;
  const isCut = shown < differences;
  return {
    summary:
      differences === 0
        ? `all ${formatNumber(total((set) => set.rows))} rows of ${sets.length === 1 ? '1 set are as its file says' : `${sets.length} sets are as their files say`}`
        : `${formatNumber(inserts)} rows to insert, ${formatNumber(updates)} to update, ${formatNumber(leftOver)} no longer in their file${isCut ? `; ${formatNumber(shown)} of ${formatNumber(differences)} shown (--limit)` : ''}`,
    changes: [],
    lines: sets.flatMap(describeDifferences),
    data: { sets },
    findings: differences > 0,
  };
}

function describeDifferences({ name, table, ...set }: PlannedSeed): string[] {
  const lines = [
    ...describeRewritten({ ...set, table }).map((line) => line.trim()),
    ...set.insertRows.map((row) => describeRow('insert', row)),
    ...more(set.inserts - set.insertRows.length, 'to insert'),
    ...set.updateRows.map((row) => describeRow('update', row)),
    ...more(set.updates - set.updateRows.length, 'to update'),
    ...set.leftOver.keys.map((key) => `no longer in the file (${key})`),
    ...more(set.leftOver.count - set.leftOver.keys.length, 'no longer in the file'),
  ];
  return lines.length === 0 ? [] : [`${name} (${table}):`, ...lines.map((line) => `  ${line}`)];
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`… and ${formatNumber(count)} more ${what}`] : [];
}
