import { bePolite, describeBlindness, readSight } from '@opsgraph/pacing';
import type { Session } from '@opsgraph/postgres';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { loadBackfills } from '../definition/load-backfills.ts';
import { readPauses, requireKnown } from '../record/pause.ts';
import { type BackfillRecord, readRecords } from '../record/record.ts';
import { pinSettings } from './pin-settings.ts';
import { type BackfillInput, type BackfillResult, runBackfill } from './run-backfill.ts';

export interface BackfillsInput extends Omit<BackfillInput, 'sight'> {
  /** One of them; default: all that are not done. */
  name?: string | undefined;
  warn(text: string): void;
}

export interface BackfillsResult {
  results: BackfillResult[];
  /** Not begun because somebody paused them. */
  paused: string[];
}

/**
 * Does the backfills that are not done, one after the other in the order of
 * their names, each from where it was.
 *
 * @throws OpsError BACKFILL_… (64, 65, 1), of the session; the signal's reason
 */
export async function runBackfills(session: Session, input: BackfillsInput): Promise<BackfillsResult> {
  const all = await loadBackfills(input);
  if (input.name !== undefined) requireKnown(input.name, all.map(nameOf));
  await pinSettings(session);
  await bePolite(session);
  const records = new Map((await readRecords(session)).map((record) => [record.name, record]));
  for (const name of orphans(all, records))
    input.warn(`backfill ${name} has begun and is not done, but its file is gone`);
  const isPaused = new Set((await readPauses(session)).map(({ name }) => name));
  const wanted = all.filter((backfill) => input.name === undefined || nameOf(backfill) === input.name);
  const open = wanted.filter((backfill) => records.get(nameOf(backfill))?.state !== 'done');
  const sight = await readSight(session);
  const blindness = describeBlindness(session, sight);
  if (open.length > 0 && blindness !== undefined) input.warn(blindness);
  const results: BackfillResult[] = [];
  for (const backfill of open.filter((each) => !isPaused.has(nameOf(each)))) {
    results.push(await runBackfill(session, backfill, { ...input, sight }));
  }
  return { results, paused: open.map(nameOf).filter((name) => isPaused.has(name)) };
}

function nameOf({ definition }: LoadedBackfill): string {
  return definition.name;
}

function orphans(all: readonly LoadedBackfill[], records: ReadonlyMap<string, BackfillRecord>): string[] {
  const known = new Set(all.map(nameOf));
  return [...records.values()]
    .filter(({ name, state }) => state === 'open' && !known.has(name))
    .map(({ name }) => name);
}
