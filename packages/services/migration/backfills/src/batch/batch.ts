import type { Network } from '@opsgraph/pacing';
import type { Session } from '@opsgraph/postgres';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { type BackfillRecord, lockRecord, recordBatch } from '../record/record.ts';
import type { KeyedTable } from '../table/table.ts';
import { findWindow } from './window.ts';
import { workOn } from './work-on.ts';

export interface BatchInput {
  backfill: LoadedBackfill;
  table: KeyedTable;
  run: string;
  /** At most. */
  rows: number;
  /** Rows that a later run begins with. */
  size: number;
  /** Of the connection, measured on the way. */
  network: Network;
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
export type Place = Pick<BackfillRecord, 'pass' | 'batches' | 'cursor' | 'bound' | 'busy'>;

/**
 * One batch in one transaction, step by step: takes the cursor under lock, works on the rows
 * after it, moves it. So a batch is either done and recorded, or neither, and
 * two that run at once take different ones.
 */
export async function runBatch(session: Session, input: BatchInput): Promise<BatchResult> {
  const { backfill, table, run, rows, size: batchSize, network } = input;
  return session.transaction(async () => {
    const asked = performance.now();
    const record = await lockRecord(session, backfill.definition.name);
    const begun = performance.now();
    // The least of all: now and then it waits for the lock.
    network.roundTrip = Math.min(network.roundTrip, begun - asked);
    const window = record.state === 'done' ? undefined : await findWindow(session, table, record, rows);
    if (window === undefined) return { visited: 0, worked: 0, milliseconds: 0, isEnd: true, place: record };
    const worked = await workOn(session, backfill, table, { after: record.cursor, upTo: window.last });
    // Two questions. A far server must not make batches small: it is not busy while they travel.
    const milliseconds = Math.max(performance.now() - begun - 2 * network.roundTrip, 0.1);
    const { last: cursor, rows: visited } = window;
    await recordBatch(session, { name: record.name, cursor, visited, worked, batchSize, busy: milliseconds, run });
    const place = { ...record, cursor, batches: record.batches + 1, busy: record.busy + milliseconds };
    return { visited, worked, milliseconds, isEnd: false, place };
  });
}
