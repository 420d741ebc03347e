import { OpsError } from '@opsgraph/errors';
import { bePolite, secondsLeft } from '@opsgraph/pacing';
import type { Session } from '@opsgraph/postgres';
import { runBatch } from '../batch/batch.ts';
import { readBound } from '../batch/bound.ts';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { loadBackfills } from '../definition/load-backfills.ts';
import { requireKnown } from '../record/pause.ts';
import { insertRecord, readRecord, readRecords } from '../record/record.ts';
import { checkSql, explainKey, hasKeyIndex } from '../table/check-sql.ts';
import { type KeyedTable, readTable } from '../table/table.ts';
import { identityOf, requireSame } from './begin.ts';
import { batchFailed } from './errors.ts';
import { pinSettings } from './pin-settings.ts';
import type { BackfillsInput } from './run-backfills.ts';

export interface RehearsedBackfill {
  name: string;
  table: string;
  key: readonly string[];
  /** How the next rows are found, as EXPLAIN says it. */
  plan: string[];
  /** An index gives the rows in order. If not, each batch reads and sorts the table. */
  isIndexed: boolean;
  rows: number;
  /** Rows that want work now; null when counting took longer than a statement may. */
  matching: number | null;
  done: number;
  /** One batch that was rolled back. */
  batch: { visited: number; worked: number; milliseconds: number };
  /** Seconds that the rest will take, resting included. */
  seconds: number;
}

type Input = Pick<BackfillsInput, 'directory' | 'projectRoot' | 'name' | 'acceptChanged' | 'run' | 'load'>;

/** More than a run begins with: what a row costs is to be told from it. */
const triedBatchSize = 1000;

/** What a run would do: counts, how rows are found, and how long it takes, from one batch that is rolled back. */
export async function rehearseBackfills(session: Session, input: Input): Promise<RehearsedBackfill[]> {
  const all = await loadBackfills(input);
  if (input.name !== undefined)
    requireKnown(
      input.name,
      all.map(({ definition }) => definition.name),
    );
  await pinSettings(session);
  await bePolite(session);
  const done = (await readRecords(session)).filter(({ state }) => state === 'done').map(({ name }) => name);
  const rehearsed: RehearsedBackfill[] = [];
  for (const backfill of all) {
    const { name } = backfill.definition;
    if ((input.name === undefined || name === input.name) && !done.includes(name))
      rehearsed.push(await rehearse(session, backfill, input));
  }
  return rehearsed;
}

async function rehearse(session: Session, backfill: LoadedBackfill, input: Input): Promise<RehearsedBackfill> {
  const { name } = backfill.definition;
  const table = await readTable(session, backfill);
  await checkSql(session, backfill, table);
  const record = await readRecord(session, name);
  if (record !== undefined) requireSame(backfill, table, record, input.acceptChanged);
  const matching = await countMatching(session, table, backfill);
  const plan = await explainKey(session, table, triedBatchSize);
  const batch = await oneBatch(session, backfill, table, input);
  const visited = record?.passVisited ?? 0;
  return {
    name,
    table: `${table.schema}.${table.name}`,
    key: backfill.key,
    plan,
    isIndexed: await hasKeyIndex(session, table, triedBatchSize),
    rows: table.rows,
    matching,
    done: visited,
    batch,
    seconds: secondsLeft(table.rows - visited, { ...batch, rows: batch.visited }, input.load),
  };
}

async function countMatching(session: Session, table: KeyedTable, backfill: LoadedBackfill): Promise<number | null> {
  try {
    const [row] = await session.query<{ rows: number }>(
      `SELECT count(*) AS rows FROM ${table.sql} WHERE (${backfill.definition.rows}\n)`,
    );
    return row!.rows;
  } catch (error) {
    if (error instanceof OpsError && error.code === 'STATEMENT_TIMEOUT') return null;
    throw batchFailed(backfill, error, 'counting the rows that need work');
  }
}

/** The next batch with all it does, then the rollback. */
async function oneBatch(
  session: Session,
  backfill: LoadedBackfill,
  table: KeyedTable,
  { run }: Input,
): Promise<RehearsedBackfill['batch']> {
  const { definition, key, sha256 } = backfill;
  let batch: RehearsedBackfill['batch'] = { visited: 0, worked: 0, milliseconds: 0 };
  const takeBack = new Error('rolled back as intended');
  try {
    await session.transaction(async () => {
      const bound = await readBound(session, table);
      const nameOfTable = `${table.schema}.${table.name}`;
      await insertRecord(session, {
        ...{ name: definition.name, sha256, table: nameOfTable, key, bound, ...identityOf(table) },
        ...{ batchSize: triedBatchSize, tableRows: table.rows, run },
      });
      const { visited, worked, milliseconds } = await runBatch(session, {
        backfill,
        table,
        run,
        ...{ rows: triedBatchSize, size: triedBatchSize },
        network: { roundTrip: Number.POSITIVE_INFINITY, empty: [] },
      });
      batch = { visited, worked, milliseconds };
      throw takeBack;
    });
  } catch (error) {
    if (error !== takeBack) throw batchFailed(backfill, error, 'in the batch that was tried');
  }
  return batch;
}
