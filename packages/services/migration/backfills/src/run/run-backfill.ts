import type { Session } from '@opsgraph/postgres';
import { formatNumber } from '@opsgraph/text';
import { type BatchResult, type Network, type Place, runBatch } from '../batch/batch.ts';
import { readBound } from '../batch/bound.ts';
import { askNothing, worthwhile } from '../batch/empty-question.ts';
import { runQuickBatch } from '../batch/quick-batch.ts';
import { withRetries } from '../batch/retry.ts';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { type BackfillRecord, lockRecord, recordDone, recordPass } from '../record/record.ts';
import { clear, describePlace, isAboutRow, narrow, type Search } from '../table/search.ts';
import { type KeyedTable, readTable } from '../table/table.ts';
import type { Sight } from '../throttle/signals.ts';
import { rest, type Throttle, waitUntilClear } from '../throttle/wait-until-clear.ts';
import { beginBackfill } from './begin.ts';
import { checkDone } from './check-done.ts';
import { batchFailed } from './errors.ts';
import type { BackfillsInput } from './run-backfills.ts';

export interface BackfillResult {
  name: string;
  table: string;
  /** By this run. */
  visited: number;
  worked: number;
  batches: number;
  /** Milliseconds in which it waited for others, beyond resting between batches. */
  waited: number;
}

type Input = BackfillsInput & { sight: Sight };

interface Running {
  session: Session;
  backfill: LoadedBackfill;
  table: KeyedTable;
  input: Input;
  network: Network;
  throttle: Throttle;
  result: BackfillResult;
}

/**
 * One backfill from where it is to its end.
 *
 * @throws OpsError; what was committed until then stands, and the next run goes on after it
 */
export async function runBackfill(session: Session, backfill: LoadedBackfill, input: Input): Promise<BackfillResult> {
  const { name } = backfill.definition;
  const table = await readTable(session, backfill);
  let record: BackfillRecord | undefined = await beginBackfill(session, backfill, table, input);
  const result: BackfillResult = {
    name,
    table: `${table.schema}.${table.name}`,
    visited: 0,
    worked: 0,
    batches: 0,
    waited: 0,
  };
  const running: Running = {
    ...{ session, backfill, table, input, result },
    network: { roundTrip: Number.POSITIVE_INFINITY, empty: [] },
    throttle: {
      ...{ name, limits: input, sight: input.sight, lookedAt: Number.NEGATIVE_INFINITY },
      onWaiting: (reason) => input.say(`${name} waits: ${reason}`),
    },
  };
  while (record !== undefined) {
    const ended = await runPass(running, record);
    record = await nextPass(running, ended);
  }
  return result;
}

/** Batches until the end of the pass is reached; returns the record as it was there. */
async function runPass(
  { session, backfill, table, input, network, throttle, result }: Running,
  begun: BackfillRecord,
): Promise<Place> {
  const { name, batchTime, load, run, say } = { ...input, ...backfill.definition };
  say(describeStart(begun));
  const progress = input.progress(name, Math.max(begun.tableRows - begun.passVisited, 0));
  let done = 0;
  /** undefined when only a batch step by step can tell. */
  let place: Place | undefined;
  let last: Place = begun;
  let search: Search | undefined;
  try {
    for (;;) {
      const known = search === undefined ? place : undefined;
      const waited = await waitUntilClear(session, throttle, known !== undefined);
      if (waited > 0) say(`${name} goes on`);
      result.waited += waited;
      const input = { backfill, table, run, batchTime: worthwhile(batchTime, network), network };
      const most = search?.atMost;
      const batch = await withRetries(session, { name, say }, (atMost) =>
        known === undefined || atMost !== undefined
          ? runBatch(session, { ...input, atMost: leastOf(atMost, most) })
          : runQuickBatch(session, input, known),
      ).catch(async (error: unknown) => {
        if (session.signal?.aborted) throw error;
        const narrower = isAboutRow(error) ? narrow(search, last.batchSize) : undefined;
        if (narrower === undefined)
          throw batchFailed(backfill, error, await describePlace(session, table, last, search));
        if (search === undefined)
          say(`${name}: ${error instanceof Error ? error.message : String(error)}; looks for the row`);
        search = narrower;
        return undefined;
      });
      place = batch?.place;
      if (batch === undefined) continue;
      if (batch.isEnd) return batch.place;
      last = batch.place;
      search &&= clear(search, batch.visited);
      done += batch.visited;
      addTo(result, batch);
      progress.update(done);
      await askNothing(session, network, result.batches);
      // Others get the rest of the time: the disk, a core, the locks on these rows.
      await rest(session, batch.milliseconds * (100 / load - 1));
    }
  } finally {
    progress.end();
  }
}

function leastOf(...limits: (number | undefined)[]): number {
  return Math.min(...limits.filter((limit) => limit !== undefined));
}

function addTo(result: BackfillResult, { visited, worked }: BatchResult): void {
  result.visited += visited;
  result.worked += worked;
  result.batches += 1;
}

/** Marks it as done and returns undefined; or opens a further pass over what came meanwhile. */
async function nextPass({ session, backfill, table }: Running, ended: Place): Promise<BackfillRecord | undefined> {
  return session.transaction(async () => {
    const { name, done } = backfill.definition;
    // Batches did not: this commit waits for the disk, and so for all of them. Then it may be called done.
    await session.execute('SET LOCAL synchronous_commit = on');
    const record = await lockRecord(session, name);
    if (record.state === 'done') return undefined;
    // Somebody who works on it at the same time has begun the next pass: this one's end says nothing of that.
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
    : `${name}: goes on after ${cursor.join(', ')}, ${formatNumber(visited)} rows are done`;
}
