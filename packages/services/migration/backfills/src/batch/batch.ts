import type { Session } from '@opsgraph/postgres';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { type BackfillRecord, lockRecord, recordBatch } from '../record/record.ts';
import type { KeyedTable } from '../table/table.ts';
import { nextBatchSize } from './batch-size.ts';
import { findWindow } from './window.ts';
import { workOn } from './work-on.ts';

export interface BatchInput {
  backfill: LoadedBackfill;
  table: KeyedTable;
  run: string;
  /** Milliseconds it should take. */
  batchTime: number;
  /** Of the connection, measured on the way. */
  network: Network;
  /** Rows at most; otherwise as many as the record says. */
  atMost?: number | undefined;
}

/** Milliseconds in which a question goes to the server and its answer comes back. */
export interface Network {
  roundTrip: number;
  /** The same for each of the latest questions about nothing: with what they waited for on the server. */
  empty: readonly number[];
}

export interface BatchResult {
  visited: number;
  worked: number;
  /** In which the server was at work, without the way there and back. */
  milliseconds: number;
  /** Of the pass: the next one begins, or it is done. */
  isEnd: boolean;
  /** Where it is now. */
  place: Place;
}

/** What the next batch must know of the record; `pass` and `batches` together are never the same twice. */
export type Place = Pick<BackfillRecord, 'pass' | 'batches' | 'cursor' | 'bound' | 'batchSize' | 'busy'>;

/**
 * One batch in one transaction, step by step: takes the cursor under lock, works on the rows
 * after it, moves it. So a batch is either done and recorded, or neither, and
 * two that run at once take different ones.
 */
export async function runBatch(session: Session, input: BatchInput): Promise<BatchResult> {
  const { backfill, table, run, batchTime, network, atMost } = input;
  return session.transaction(async () => {
    const asked = performance.now();
    const record = await lockRecord(session, backfill.definition.name);
    const begun = performance.now();
    // The least of all: now and then it waits for the lock.
    network.roundTrip = Math.min(network.roundTrip, begun - asked);
    const size = Math.min(record.batchSize, atMost ?? record.batchSize);
    const window = record.state === 'done' ? undefined : await findWindow(session, table, record, size);
    if (window === undefined) return { visited: 0, worked: 0, milliseconds: 0, isEnd: true, place: record };
    const worked = await workOn(session, backfill, table, { after: record.cursor, upTo: window.last });
    // Two questions. A far server must not make batches small: it is not busy while they travel.
    const milliseconds = Math.max(performance.now() - begun - 2 * network.roundTrip, 0.1);
    const { last: cursor, rows: visited } = window;
    // The last batch of a table is short because there is no more.
    const isLast = visited < size && milliseconds < batchTime;
    const batchSize = isLast ? size : nextBatchSize(size, batchTime, milliseconds);
    await recordBatch(session, { name: record.name, cursor, visited, worked, batchSize, busy: milliseconds, run });
    const place = { ...record, cursor, batchSize, batches: record.batches + 1, busy: record.busy + milliseconds };
    return { visited, worked, milliseconds, isEnd: false, place };
  });
}
