import type { Session } from '@opsgraph/postgres';

/** A row of ops.backfill. Keys are text, one for each column. */
export interface BackfillRecord {
  name: string;
  sha256: string;
  table: string;
  /** Its oid; like the types of the key null when it began before they were kept. */
  relation: number | null;
  key: readonly string[];
  keyTypes: readonly string[] | null;
  state: 'open' | 'done';
  pass: number;
  cursor: readonly string[] | null;
  bound: readonly string[] | null;
  visited: number;
  worked: number;
  passVisited: number;
  passWorked: number;
  batches: number;
  batchSize: number;
  /** Milliseconds in batches. */
  busy: number;
  tableRows: number;
  run: string;
  begunAt: Date;
  touchedAt: Date;
  finishedAt: Date | null;
}

const columns = `name, sha256, table_name AS "table", relation, key, key_types AS "keyTypes", state, pass, cursor, bound, visited, worked,
  pass_visited AS "passVisited", pass_worked AS "passWorked", batches, batch_size AS "batchSize", busy,
  table_rows AS "tableRows", run, begun_at AS "begunAt", touched_at AS "touchedAt", finished_at AS "finishedAt"`;

export async function readRecords(session: Session): Promise<BackfillRecord[]> {
  return session.query<BackfillRecord>(`SELECT ${columns} FROM ops.backfill ORDER BY name`);
}

export async function readRecord(session: Session, name: string): Promise<BackfillRecord | undefined> {
  const [record] = await session.query<BackfillRecord>(`SELECT ${columns} FROM ops.backfill WHERE name = $1`, [name]);
  return record;
}

/** Inside a transaction: as it is now, and nobody else moves the cursor until the end of it. */
export async function lockRecord(session: Session, name: string): Promise<BackfillRecord> {
  const [record] = await session.query<BackfillRecord>(
    `SELECT ${columns} FROM ops.backfill WHERE name = $1 FOR NO KEY UPDATE`,
    [name],
  );
  return record!;
}

export type NewRecord = Pick<
  BackfillRecord,
  'name' | 'sha256' | 'table' | 'relation' | 'key' | 'keyTypes' | 'bound' | 'batchSize' | 'tableRows' | 'run'
>;

/** Returns what is there afterwards, which may be that of a run that began at the same time. */
export async function insertRecord(session: Session, record: NewRecord): Promise<BackfillRecord> {
  await session.execute(
    `INSERT INTO ops.backfill (name, sha256, table_name, key, bound, batch_size, table_rows, run, relation, key_types)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
    [
      record.name,
      record.sha256,
      record.table,
      record.key,
      record.bound,
      record.batchSize,
      record.tableRows,
      record.run,
      record.relation,
      record.keyTypes,
    ],
  );
  return (await readRecord(session, record.name))!;
}

export interface BatchRecord {
  name: string;
  cursor: readonly string[];
  visited: number;
  worked: number;
  batchSize: number;
  busy: number;
  run: string;
}

/** In the batch's own transaction. */
export async function recordBatch(session: Session, batch: BatchRecord): Promise<void> {
  await session.execute(
    `UPDATE ops.backfill SET cursor = $2, visited = visited + $3, worked = worked + $4,
       pass_visited = pass_visited + $3, pass_worked = pass_worked + $4, batches = batches + 1,
       batch_size = $5, busy = busy + $6, run = $7, touched_at = pg_catalog.clock_timestamp() WHERE name = $1`,
    [batch.name, batch.cursor, batch.visited, batch.worked, batch.batchSize, batch.busy, batch.run],
  );
}

export async function recordPass(
  session: Session,
  name: string,
  { bound, tableRows }: Pick<BackfillRecord, 'bound' | 'tableRows'>,
): Promise<void> {
  await session.execute(
    `UPDATE ops.backfill SET pass = pass + 1, cursor = NULL, bound = $2, table_rows = $3,
       pass_visited = 0, pass_worked = 0, touched_at = pg_catalog.clock_timestamp() WHERE name = $1`,
    [name, bound, tableRows],
  );
}

export async function recordDone(session: Session, name: string): Promise<void> {
  await session.execute(
    `UPDATE ops.backfill SET state = 'done', finished_at = pg_catalog.clock_timestamp(), touched_at = pg_catalog.clock_timestamp()
     WHERE name = $1 AND state = 'open'`,
    [name],
  );
}

export async function recordAcceptance(
  session: Session,
  name: string,
  { sha256, table }: Pick<BackfillRecord, 'sha256' | 'table'>,
): Promise<void> {
  await session.execute('UPDATE ops.backfill SET sha256 = $2, table_name = $3 WHERE name = $1', [name, sha256, table]);
}
