import type { Session } from '@opsgraph/postgres';
import type { Pace } from '../pace.ts';
import { waitUntilClear } from '../throttle/wait-until-clear.ts';
import { nextBatchSize, remember, rowsOfBatch } from './batch-size.ts';
import { askNothing, waitingTime } from './empty-question.ts';
import type { Sample } from './fit-cost.ts';
import { restAfter } from './rest.ts';
import { withRetries } from './retry.ts';

export interface Batches {
  /** Why somebody wants it to wait, asked before each batch; a batch that sees so itself need not be asked. */
  readPause(): Promise<string | undefined>;
  /**
   * One batch, in a transaction that ends with it.
   *
   * @param rows at most
   * @returns what it took; `again` when it did nothing and another try may; `end` when there is nothing left
   */
  doBatch(rows: number): Promise<Sample | 'again' | 'end'>;
}

/**
 * Batches until the end, each like this:
 * 1. wait, with no transaction open, until nobody has paused the work and replicas, archive and old transactions allow it;
 * 2. take as many rows as the latest batches say fit into the time of a batch, each fourth time a quarter of them;
 * 3. do the batch; when a lock or a conflict ends it, rest a moment and try it again with fewer rows;
 * 4. remember what it took, and fit the cost of a row and of a batch to it;
 * 5. now and then ask the server nothing, to know how long a question waits;
 * 6. rest, so that only the allowed share of the time is work.
 *
 * @throws what doBatch throws; the reason of the session's signal
 */
export async function runInBatches(session: Session, pace: Pace, { readPause, doBatch }: Batches): Promise<void> {
  for (;;) {
    await waitUntilClear(session, pace, readPause);
    const wanted = rowsOfBatch(pace.size, pace.batches);
    let tried = wanted;
    const batch = await withRetries(pace, session.signal, wanted, (rows) => {
      tried = rows;
      return doBatch(rows);
    });
    if (batch === 'end') return;
    if (batch === 'again') continue;
    // As many would meet the same limit again.
    if (tried < wanted) pace.size = tried;
    note(pace, batch);
    await askNothing(session, pace);
    await pace.clock.sleep(restAfter(batch.milliseconds, pace.load), session.signal);
  }
}

function note(pace: Pace, batch: Sample): void {
  const { size, batchTime, network } = pace;
  pace.batches += 1;
  pace.recent = remember(pace.recent, batch);
  pace.size = nextBatchSize({ size, recent: pace.recent, batchTime, waiting: waitingTime(network) });
}
