import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isSweepDue, type LogRetention, sweepLogs } from '../src/record/sweep-logs.ts';

const now = Date.UTC(2026, 10, 30, 8);
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const retention: LogRetention = { keep: 50, age: 7 * day, failureAge: 90 * day, size: 1e9 };

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'opsgraph-sweep-'));
  mkdirSync(join(state, 'logs'));
});
afterEach(() => rmSync(state, { recursive: true }));

/** The log of a run of this task, so long ago. */
function write(task: string, ago: number, end: string | undefined, bytes = 0): string {
  const time = new Date(now - ago).toISOString().replaceAll(/[-:.]/g, '');
  const path = join(state, 'logs', task, `${time}-0123abcd.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  const lines = [{ message: 'x'.repeat(bytes) }, ...(end === undefined ? [] : [{ message: `ended: ${end}` }])];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

const sweep = (change: Partial<LogRetention> = {}): void => sweepLogs(state, { ...retention, ...change }, '', now);
const left = (task: string): number => readdirSync(join(state, 'logs', task)).length;

it('keeps the log of a deployment beside 10,000 runs of a check each minute', () => {
  const deployment = write('deployment-rollout', 9 * hour, 'changed');
  const old = write('deployment-rollout', 300 * day, 'changed');
  for (let run = 0; run < 10_000; run += 1) write('monitoring-check', run * minute * 1.5, 'ok');
  const began = performance.now();
  sweep();
  expect(performance.now() - began).toBeLessThan(5000);
  expect([deployment, old].map((path) => existsSync(path))).toEqual([true, true]);
  // 7 days of one each minute and a half, and the one at the border.
  expect(left('monitoring-check')).toBe(6721);
});

it('keeps failures longer, and what was killed, as nobody saw how it ended', () => {
  const kept = ['failed', 'interrupted', undefined].map((end, index) => write('db-seed', (30 + index) * day, end));
  const gone = ['ok', 'changed', 'refused', 'findings'].map((end, index) => write('db-seed', (40 + index) * day, end));
  const forgotten = write('db-seed', 91 * day, 'failed');
  write('db-seed', 0, 'ok');
  sweep({ keep: 1 });
  expect(kept.map((path) => existsSync(path))).toEqual([true, true, true]);
  expect([...gone, forgotten].map((path) => existsSync(path))).toEqual([false, false, false, false, false]);
});

it('keeps the last ones of each task, however old they are', () => {
  for (const task of ['db-seed', 'users-apply'])
    for (let run = 0; run < 5; run += 1) write(task, (400 + run) * day, 'ok');
  const newest = write('db-seed', 399 * day, 'ok');
  sweep({ keep: 2 });
  expect([left('db-seed'), left('users-apply'), existsSync(newest)]).toEqual([2, 2, true]);
});

it('takes room from the task that has most, and leaves its newest', () => {
  const deployment = write('deployment-rollout', 9 * hour, 'changed', 40_000);
  for (let run = 0; run < 20; run += 1) write('monitoring-check', run * minute, 'ok', 10_000);
  sweep({ size: 100_000 });
  expect([existsSync(deployment), left('monitoring-check')]).toEqual([true, 5]);
  sweep({ size: 1 });
  expect([left('deployment-rollout'), left('monitoring-check')]).toEqual([1, 1]);
});

it('removes old logs of before there was a directory for each task', () => {
  const [old, young] = [write('', 30 * day, 'ok'), write('', day, 'ok')];
  sweep({ keep: 1 });
  expect([old, young].map((path) => existsSync(path))).toEqual([false, true]);
});

it('is due once an hour', () => {
  expect(isSweepDue(state, now)).toBe(true);
  sweep();
  expect([1, 59, 61].map((minutes) => isSweepDue(state, now + minutes * minute))).toEqual([false, false, true]);
  expect(readFileSync(join(state, 'logs', '.swept'), 'utf8')).toBe('');
});

it('marks the hour in a file of its own, and never through a link', () => {
  const [other, missing, mark] = ['other', 'missing', 'logs/.swept'].map((name) => join(state, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(other, 'precious');
  for (const target of [other, missing]) {
    rmSync(mark, { force: true });
    symlinkSync(target, mark);
    sweep();
    expect([readFileSync(other, 'utf8'), existsSync(missing), isSweepDue(state, now)]).toEqual([
      'precious',
      false,
      false,
    ]);
  }
});
