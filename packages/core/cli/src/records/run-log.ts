import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** One line of `.ops/logs/<task>/<run>.jsonl`. */
export interface LogLine {
  time?: string;
  level?: string;
  message?: string;
  error?: { code?: string; message?: string; hint?: string; problems?: string[] };
  stack?: string;
  /** Of its report, at most 200. */
  lines?: string[];
  [field: string]: unknown;
}

/** Where the log of a run is; undefined when it is gone. */
export function logFile(state: string, run: string): string | undefined {
  return logFiles(state).find((path) => basename(path) === `${run}.jsonl`);
}

/** The ids of the runs that have a log here, oldest first. */
export function loggedRuns(state: string): string[] {
  return logFiles(state)
    .map((path) => basename(path, '.jsonl'))
    .sort();
}

/** A directory for each task; logs of before there were any lie beside them. */
function logFiles(state: string): string[] {
  return globSync(['logs/*/*.jsonl', 'logs/*.jsonl'], { cwd: state }).map((path) => join(state, path));
}

/** Empty when the log is gone; a broken line is left out. */
export function readRunLog(state: string, run: string): LogLine[] {
  let text: string;
  try {
    text = readFileSync(logFile(state, run) ?? '', 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [value as LogLine] : [];
    } catch {
      return [];
    }
  });
}
