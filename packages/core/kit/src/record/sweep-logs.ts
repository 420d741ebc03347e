import {
  closeSync,
  fstatSync,
  futimesSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Retention } from '@opsgraph/ledger';
import { timeOfLog } from './log-directory.ts';

export interface LogRetention extends Retention {
  /** Bytes that all logs may take. */
  size: number;
}

/** Until the configuration says otherwise (logs.…). */
export const defaultRetention: LogRetention = { keep: 50, age: 7 * 864e5, failureAge: 90 * 864e5, size: 200e6 };

const hour = 3_600_000;

interface Log {
  path: string;
  started: number;
}

/**
 * Whether this run is the one that removes what is beyond its retention: once
 * an hour, so that a check of each minute does not look at every file each time.
 */
export function isSweepDue(stateDirectory: string, now = Date.now()): boolean {
  try {
    return Math.abs(now - statSync(markOf(stateDirectory)).mtimeMs) >= hour;
  } catch {
    return true;
  }
}

/**
 * Removes the logs of runs beyond their retention. Any other file is not ours,
 * and links are not followed.
 *
 * @param mine the log of the run that sweeps; it stays
 */
export function sweepLogs(
  stateDirectory: string,
  { keep, age, failureAge, size }: LogRetention,
  mine: string,
  now = Date.now(),
): void {
  markSwept(stateDirectory, now);
  const isOld = ({ path, started }: Log): boolean =>
    started < now - age && (started < now - failureAge || !hasFailed(path));
  const left = tasksWithLogs(stateDirectory).map((logs) => {
    const old = new Set(logs.slice(keep).filter((log) => log.path !== mine && isOld(log)));
    for (const { path } of old) rmSync(path, { force: true });
    return logs.filter((log) => !old.has(log));
  });
  limitSize(left, size, mine);
}

/** A fresh file each time: what somebody put there, a link to another file perhaps, is neither followed nor emptied. */
function markSwept(stateDirectory: string, now: number): void {
  const mark = markOf(stateDirectory);
  const fresh = `${mark}.${process.pid}`;
  rmSync(fresh, { force: true });
  const file = openSync(fresh, 'wx', 0o600);
  try {
    futimesSync(file, now / 1000, now / 1000);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, mark);
}

/** The logs of each task, newest first. Before there was a directory for each, they were all in one. */
function tasksWithLogs(stateDirectory: string): Log[][] {
  const directory = join(stateDirectory, 'logs');
  const found = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [directory, ...found.map(({ name }) => join(directory, name))].map((place) =>
    readdirSync(place, { withFileTypes: true })
      .flatMap((entry) => {
        const started = entry.isFile() ? timeOfLog(entry.name) : undefined;
        return started === undefined ? [] : [{ path: join(place, entry.name), started }];
      })
      .sort((a, b) => b.started - a.started || b.path.localeCompare(a.path)),
  );
}

/** Takes from the task that has most, oldest first, never its newest: what a check writes each minute must not evict a deployment. */
function limitSize(tasks: Log[][], limit: number, mine: string): void {
  const sized = tasks.map((logs) => logs.map((log) => ({ ...log, size: sizeOf(log.path) })));
  const totals = sized.map((logs) => logs.reduce((sum, { size }) => sum + size, 0));
  let total = totals.reduce((sum, size) => sum + size, 0);
  while (total > limit) {
    const [largest] = sized
      .keys()
      .toArray()
      .filter((task) => sized[task]!.length > 1)
      .sort((a, b) => totals[b]! - totals[a]!);
    if (largest === undefined) return;
    const oldest = sized[largest]!.pop()!;
    totals[largest]! -= oldest.size;
    total -= oldest.size;
    if (oldest.path !== mine) rmSync(oldest.path, { force: true });
  }
}

/** Whether its last lines say so, or do not say how it ended; also one that cannot be read, or that another run has removed. */
function hasFailed(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return true;
  }
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, 65_536));
    readSync(file, tail, 0, tail.length, size - tail.length);
    const last = [...tail.toString('utf8').matchAll(/"message":"ended: (\w+)"/g)].at(-1)?.[1];
    return last === undefined || last === 'failed' || last === 'interrupted';
  } finally {
    closeSync(file);
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    // removed by another run that sweeps
    return 0;
  }
}

function markOf(stateDirectory: string): string {
  return join(stateDirectory, 'logs', '.swept');
}
