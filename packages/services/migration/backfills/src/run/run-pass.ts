import { type Pace, runInBatches, type Sample } from '@opsgraph/pacing';
import type { Session } from '@opsgraph/postgres';
import { type BatchResult, type Place, runBatch } from '../batch/batch.ts';
import { runQuickBatch } from '../batch/quick-batch.ts';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { describePause, readPause } from '../record/pause.ts';
import { clear, describePlace, isAboutRow, narrow, type Search } from '../table/search.ts';
import type { KeyedTable } from '../table/table.ts';
import { batchFailed } from './errors.ts';

export interface PassInput {
  backfill: LoadedBackfill;
  table: KeyedTable;
  run: string;
  pace: Pace;
  /** Called with each batch that was committed. */
  onBatch(batch: BatchResult): void;
}

/**
 * Batches until the end of the pass, each like this (what is around it is in runInBatches):
 * 1. the first, and whenever a quick one could not tell why it did nothing: step by step, with the record locked;
 * 2. all others: in few questions, if the record is still where this run left it and not paused;
 * 3. one that fails because of a row is rolled back, and smaller ones follow, step by step, until they are past it
 *    or have one row, which is named;
 * 4. what is committed moves the place, from which the next one begins.
 *
 * @returns where the pass ended
 * @throws OpsError BACKFILL_… (1, 65); the signal's reason
 */
export async function runPass(session: Session, input: PassInput, begun: Place): Promise<Place> {
  const { backfill, table, run, pace, onBatch } = input;
  const { name } = backfill.definition;
  /** undefined when only a batch step by step can tell. */
  let known: Place | undefined;
  let last = begun;
  let search: Search | undefined;

  const tryBatch = async (rows: number): Promise<BatchResult | undefined> => {
    const batch = { backfill, table, run, rows, size: pace.size, network: pace.network };
    return known === undefined ? runBatch(session, batch) : runQuickBatch(session, batch, known);
  };

  const narrowDown = async (error: unknown, rows: number): Promise<undefined> => {
    if (session.signal?.aborted) throw error;
    known = undefined;
    const narrower = isAboutRow(error) ? narrow(search, rows) : undefined;
    if (narrower === undefined) throw batchFailed(backfill, error, await describePlace(session, table, last, rows));
    if (search === undefined)
      pace.info(`${name}: ${error instanceof Error ? error.message : String(error)}; searching for the row`);
    search = narrower;
  };

  const doBatch = async (atMost: number): Promise<Sample | 'again' | 'end'> => {
    const rows = Math.min(atMost, search?.atMost ?? atMost);
    const batch = await tryBatch(rows).catch((error: unknown) => narrowDown(error, rows));
    known = undefined;
    if (batch === undefined) return 'again';
    last = batch.place;
    if (batch.isEnd) return 'end';
    search &&= clear(search, batch.visited);
    if (search === undefined) known = last;
    onBatch(batch);
    return { rows: batch.visited, milliseconds: batch.milliseconds };
  };

  await runInBatches(session, pace, {
    doBatch,
    async readPause() {
      const pause = known === undefined ? await readPause(session, name) : undefined;
      return pause && describePause(pause);
    },
  });
  return last;
}
