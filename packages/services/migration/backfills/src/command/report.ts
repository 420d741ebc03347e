import { rowsPerSecond } from '@opsgraph/pacing';
import type { TaskReport } from '@opsgraph/report';
import { formatDuration, formatNumber } from '@opsgraph/text';
import type { RehearsedBackfill } from '../run/rehearse-backfills.ts';
import type { BackfillsResult } from '../run/run-backfills.ts';
import type { BackfillStatus } from './backfill-status.ts';

/** A paused backfill is a finding: something that was asked for is not done. */
export function reportBackfills({ results, paused }: BackfillsResult): TaskReport {
  const parts = results.map(
    ({ name, worked, visited }) =>
      `${name}: ${formatNumber(worked)} rows worked on, ${formatNumber(visited)} looked at`,
  );
  const waiting = paused.map((name) => `${name} is paused`);
  return {
    summary: [...parts, ...waiting].join('; ') || 'no backfill is open',
    changes: results.map(({ name, worked }) => ({ action: 'backfill', object: name, count: worked })),
    data: { results, paused },
    findings: paused.length > 0,
  };
}

export function reportRehearsed(rehearsed: RehearsedBackfill[]): TaskReport {
  return {
    summary:
      rehearsed.length === 0
        ? 'no backfill is open'
        : `${rehearsed.length} would run; one batch of each was tried and rolled back`,
    changes: rehearsed.map(({ name, matching }) => ({
      action: 'backfill',
      object: name,
      ...(matching !== null && { count: matching }),
    })),
    lines: rehearsed.flatMap(describeRehearsed),
    data: rehearsed,
  };
}

function describeRehearsed({
  name,
  table,
  key,
  plan,
  isIndexed,
  rows,
  matching,
  done,
  batch,
  seconds,
}: RehearsedBackfill) {
  return [
    `${name}: ${table} by ${key.join(', ')}`,
    `  rows          about ${formatNumber(rows)}, of which ${matching === null ? 'an unknown number' : formatNumber(matching)} need work${done > 0 ? `; ${formatNumber(done)} were visited` : ''}`,
    `  one batch     ${formatNumber(batch.visited)} rows, ${formatNumber(batch.worked)} worked on, ${Math.round(batch.milliseconds)} ms`,
    `  all           about ${formatDuration(seconds * 1000)}`,
    ...plan.map((line, at) => `${at === 0 ? '  next rows by ' : '                '}${line.trim()}`),
    ...(isIndexed
      ? []
      : ['  ✖ no index gives the rows in the order of the key: each batch would read the whole table']),
  ];
}

export function reportStatus(all: BackfillStatus[]): TaskReport {
  const open = all.filter(({ state }) => state !== 'done');
  return {
    summary: all.length === 0 ? 'there are no backfills' : `${all.length - open.length} done, ${open.length} to do`,
    changes: [],
    lines: all.map(describeStatus),
    data: all,
  };
}

function describeStatus({ name, state, paused, record, isEdited, isOrphan }: BackfillStatus): string {
  const facts = [paused && `paused by ${paused.by}`, isEdited && 'file edited since', isOrphan && 'file is gone'];
  const notes = facts.filter((fact) => typeof fact === 'string').map((fact) => `, ${fact}`);
  if (record === null) return `  new   ${name}${notes.join('')}`;
  const { visited, worked, batches, busy, pass, passVisited, tableRows, touchedAt, run } = record;
  const perSecond = rowsPerSecond({ rows: visited, milliseconds: busy });
  const rate = perSecond === undefined ? '' : `, ${formatNumber(Math.round(perSecond))} rows/s at work`;
  const share = tableRows === 0 ? 100 : Math.min(100, Math.floor((passVisited / tableRows) * 100));
  const place = state === 'done' ? '' : `, ${share} % of pass ${pass}`;
  const time = touchedAt.toISOString().slice(0, 19);
  return `  ${state}  ${name}  ${formatNumber(worked)} rows worked on, ${formatNumber(visited)} looked at in ${formatNumber(batches)} batches${place}${rate}, last ${time}Z by run ${run}${notes.join('')}`;
}

export function reportSwitched(name: string, action: 'pause' | 'resume', isChange: boolean): TaskReport {
  const already = action === 'pause' ? 'was paused before' : 'was not paused';
  return {
    summary: isChange ? `${name} is ${action === 'pause' ? 'paused' : 'resumed'}` : `${name} ${already}`,
    changes: isChange ? [{ action, object: name }] : [],
    data: { name, action, changed: isChange },
  };
}
