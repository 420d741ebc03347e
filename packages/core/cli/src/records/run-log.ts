import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of `.ops/logs/<run>.jsonl`. */
export interface LogLine {
  time?: string;
  level?: string;
  message?: string;
  error?: { code?: string; message?: string; hint?: string; problems?: string[] };
  stack?: string;
  [field: string]: unknown;
}

export function logFile(state: string, run: string): string {
  return join(state, 'logs', `${run}.jsonl`);
}

/** The ids of the runs that have a log here, oldest first. */
export function loggedRuns(state: string): string[] {
  const directory = join(state, 'logs');
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => name.slice(0, -'.jsonl'.length))
    .sort();
}

/** Empty when the log is gone; a broken line is left out. */
export function readRunLog(state: string, run: string): LogLine[] {
  let text: string;
  try {
    text = readFileSync(logFile(state, run), 'utf8');
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
