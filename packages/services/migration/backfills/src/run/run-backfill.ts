import { beginPace, type Clock, type Sight } from '@opsgraph/pacing';
import type { Session } from '@opsgraph/postgres';
import type { Progress, Talk } from '@opsgraph/report';
import { formatNumber } from '@opsgraph/text';
import type { Place } from '../batch/batch.ts';
import { readBound } from '../batch/bound.ts';
import type { LoadedBackfill } from '../definition/backfill.ts';
import type { BackfillSettings } from '../definition/settings.ts';
import { type BackfillRecord, lockRecord, recordDone, recordPass } from '../record/record.ts';
import { readTable } from '../table/table.ts';
import { beginBackfill } from './begin.ts';
import { checkDone } from './check-done.ts';
import { type PassInput, runPass } from './run-pass.ts';

/** `info` is called when it begins, waits and continues. */
export interface BackfillInput extends BackfillSettings, Pick<Talk, 'info'> {
  /** Continue though the file was edited since it began. */
  acceptChanged: boolean;
  run: string;
  /** What the login may see of what makes it wait. */
  sight: Sight;
  clock?: Clock | undefined;
  progress(label: string, total: number): Progress;
}

export interface BackfillResult {
  name: string;
  table: string;
  /** By this run. */
  visited: number;
  worked: number;
  batches: number;
  /** Milliseconds in batches. */
  busy: number;
  /** Milliseconds in which it waited for others, beyond resting between batches. */
  waited: number;
}

/**
 * One backfill from where it is to its end.
 *
 * @throws OpsError; what was committed until then remains, and the next run continues after it
 */
export async function runBackfill(
  session: Session,
  backfill: LoadedBackfill,
  input: BackfillInput,
): Promise<BackfillResult> {
  const { name } = backfill.definition;
  const table = await readTable(session, backfill);
  let record: BackfillRecord | undefined = await beginBackfill(session, backfill, table, input);
  const { batchTime, load, sight, clock, info, run } = input;
  const pace = beginPace({ name, batchTime, load, limits: input, sight, clock, info, size: record.batchSize });
  const result = { name, table: `${table.schema}.${table.name}`, visited: 0, worked: 0, batches: 0, busy: 0 };
  while (record !== undefined) {
    info(describeStart(record));
    const progress = input.progress(name, Math.max(record.tableRows - record.passVisited, 0));
    const before = result.visited;
    const pass: PassInput = {
      ...{ backfill, table, run, pace },
      onBatch({ visited, worked, milliseconds }) {
        result.visited += visited;
        result.worked += worked;
        result.batches += 1;
        result.busy += milliseconds;
        progress.update(result.visited - before);
      },
    };
    try {
      record = await nextPass(session, pass, await runPass(session, pass, record));
    } finally {
      progress.end();
    }
  }
  return { ...result, waited: pace.waited };
}

/** Marks it as done and returns undefined; or opens a further pass over what came meanwhile. */
async function nextPass(
  session: Session,
  { backfill, table }: PassInput,
  ended: Place,
): Promise<BackfillRecord | undefined> {
  return session.transaction(async () => {
    const { name, done } = backfill.definition;
    // Batches did not: this commit waits for the disk, and so for all of them. Then it may be called done.
    await session.execute('SET LOCAL synchronous_commit = on');
    const record = await lockRecord(session, name);
    if (record.state === 'done') return undefined;
    // A run that works on it at the same time has begun the next pass: this one's end says nothing of that.
    if (record.pass !== ended.pass) return record;
    const bound = await readBound(session, table);
    if (done === 'no-row-left' && record.passWorked > 0 && bound !== null) {
      await recordPass(session, name, { bound, tableRows: table.rows });
      return lockRecord(session, name);
    }
    await checkDone(session, backfill);
    await recordDone(session, name);
    return undefined;
  });
}

function describeStart({ name, pass, visited, cursor, table }: BackfillRecord): string {
  if (pass > 1 && cursor === null) return `${name}: pass ${pass}, for rows of ${table} that came meanwhile`;
  return cursor === null
    ? `${name}: begins with ${table}`
    : `${name}: continues after ${cursor.join(', ')}, ${formatNumber(visited)} rows are done`;
}
