import { readFileSync } from 'node:fs';

/** How a task's process ended, in turbo's words. */
export interface ProcessEnd {
  exitCode: number;
  isCached: boolean;
  milliseconds: number;
}

/**
 * Turbo's `--summarize` file, by task id. An interrupted turbo lists no task
 * there, and calls itself successful; its word is taken for nothing else.
 */
export function readSummary(path: string | undefined): Map<string, ProcessEnd> {
  const ends = new Map<string, ProcessEnd>();
  if (path === undefined) return ends;
  let tasks: SummaryTask[];
  try {
    tasks = (JSON.parse(readFileSync(path, 'utf8')) as { tasks?: SummaryTask[] }).tasks ?? [];
  } catch {
    return ends;
  }
  for (const { taskId, cache, execution } of tasks) {
    if (execution?.exitCode === undefined || execution.exitCode === null) continue;
    ends.set(taskId, {
      exitCode: execution.exitCode,
      isCached: cache?.status === 'HIT',
      milliseconds: (execution.endTime ?? 0) - (execution.startTime ?? 0),
    });
  }
  return ends;
}

interface SummaryTask {
  taskId: string;
  cache?: { status?: string };
  execution?: { exitCode?: number | null; startTime?: number; endTime?: number };
}
