import type { Session } from '@opsgraph/postgres';
import type { LoadedBackfill } from './backfill.ts';
import { nextBatchSize } from './batch-size.ts';
import { compareKey, keyColumns } from './key-sql.ts';
import { type BackfillRecord, lockRecord, recordBatch } from './record.ts';
import type { KeyedTable } from './table.ts';
import { workOn } from './work-on.ts';

export interface BatchInput {
  backfill: LoadedBackfill;
  table: KeyedTable;
  run: string;
  /** Milliseconds it shall take. */
  batchTime: number;
  /** Of the connection, measured on the way. */
  network: Network;
  /** Rows at most; otherwise as many as the record says. */
  atMost?: number | undefined;
}

/** Milliseconds in which a question goes to the server and its answer comes back. */
export interface Network {
  roundTrip: number;
}

export interface BatchResult {
  visited: number;
  worked: number;
  /** In which the server was at work, without the way there and back. */
  milliseconds: number;
  /** Of the pass: the next one begins, or it is done. */
  isEnd: boolean;
  /** The record as it was before. */
  record: BackfillRecord;
}

/**
 * One batch in one transaction: takes the cursor under lock, works on the rows
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
    if (window === undefined) return { visited: 0, worked: 0, milliseconds: 0, isEnd: true, record };
    const worked = await workOn(session, backfill, table, { after: record.cursor, upTo: window.last });
    // Two questions. A far server must not make batches small: it is not busy while they travel.
    const milliseconds = Math.max(performance.now() - begun - 2 * network.roundTrip, 0.1);
    await recordBatch(session, {
      name: record.name,
      cursor: window.last,
      visited: window.rows,
      worked,
      // The last batch of a table is short because there is no more.
      batchSize: window.rows < size && milliseconds < batchTime ? size : nextBatchSize(size, batchTime, milliseconds),
      busy: milliseconds,
      run,
    });
    return { visited: window.rows, worked, milliseconds, isEnd: false, record };
  });
}

interface Window {
  rows: number;
  last: string[];
}

/**
 * The next rows of the table, whether they want work or not: a batch among
 * which few do takes no longer than another.
 */
async function findWindow(
  session: Session,
  table: KeyedTable,
  { cursor, bound }: BackfillRecord,
  size: number,
): Promise<Window | undefined> {
  if (bound === null) return undefined;
  const columns = keyColumns(table);
  const condition = [
    compareKey(table, '<=', 2),
    ...(cursor === null ? [] : [compareKey(table, '>', 2 + bound.length)]),
  ].join(' AND ');
  const names = columns.map((_, at) => `k${at}`);
  const [row] = await session.query<{ rows: number; last: string[] }>(
    `WITH k AS MATERIALIZED (
       SELECT ${columns.map((column, at) => `${column} AS ${names[at]}`).join(', ')}
       FROM ${table.sql} WHERE ${condition} ORDER BY ${columns.join(', ')} LIMIT $1
     ) SELECT ARRAY[${names.map((name) => `${name}::text`).join(', ')}] AS last, (SELECT count(*) FROM k) AS rows
     FROM k ORDER BY ${names.map((name) => `${name} DESC`).join(', ')} LIMIT 1`,
    [size, ...bound, ...(cursor ?? [])],
  );
  return row;
}
