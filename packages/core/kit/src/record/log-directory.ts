import { join } from 'node:path';

/** The log of a run, by the shape of its id (run-identity.ts). */
const shape = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[0-9a-f]{8}\.jsonl$/;

/** `logs/db-seed`: the logs of each task in a directory of its own, so that none has to be opened to know whose it is. */
export function logDirectory(stateDirectory: string, task: string): string {
  return join(stateDirectory, 'logs', task.replace(':', '-'));
}

/** When the run began whose log has this name, in milliseconds; undefined: it is no log of a run. */
export function timeOfLog(name: string): number | undefined {
  const [, year, month, day, hour, minute, second, millisecond] = shape.exec(name)?.map(Number) ?? [];
  if (year === undefined) return undefined;
  return Date.UTC(year, month! - 1, day!, hour!, minute!, second!, millisecond!);
}
