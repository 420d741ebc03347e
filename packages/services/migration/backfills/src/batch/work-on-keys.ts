import { OpsError } from '@opsgraph/errors';
import { type Session, sqlState } from '@opsgraph/postgres';
import type { LoadedBackfill, RowKey } from '../definition/backfill.ts';
import { keyColumns, keyOperator } from '../table/key-sql.ts';
import type { KeyedTable } from '../table/table.ts';
import { guardSession } from './guard-session.ts';
import { withoutEffect } from './without-effect.ts';

/**
 * Does the `work` of a definition on rows that are locked.
 *
 * @param arrays the keys of the batch, one array for each column of the key
 * @returns how many they are
 * @throws OpsError BACKFILL_WITHOUT_EFFECT, BACKFILL_ENDED_TRANSACTION (65)
 */
export async function workOnKeys(
  session: Session,
  { definition, path }: Pick<LoadedBackfill, 'definition' | 'path'>,
  table: KeyedTable,
  arrays: string[][],
): Promise<number> {
  const worked = arrays[0]!.length;
  if (worked === 0 || 'set' in definition) return worked;
  if (typeof definition.work === 'string') await session.execute(definition.work, arrays);
  else {
    const keys = arrays[0]!.map((_, row) =>
      Object.fromEntries(table.key.map(({ name }, at) => [name, arrays[at]![row]!])),
    );
    await callWork(session, path, definition.work, keys);
  }
  if (definition.done === 'no-row-left') {
    const [check, all] = stillStatement(table, definition.rows, arrays);
    const [row] = await session.query<{ still: number }>(check, all);
    if (row!.still > 0) throw withoutEffect(path, row!.still);
  }
  return worked;
}

function stillStatement(table: KeyedTable, rows: string, arrays: string[][]): [string, string[][]] {
  const unnested = table.key
    .map(({ type }, at) => `pg_catalog.unnest($${at + 1}::text[]::${arrayOf(type)})`)
    .join(', ');
  const sql = `SELECT count(*) AS still FROM ${table.sql}
  WHERE (${keyColumns(table).join(', ')}) ${keyOperator(table, '=')} ANY (SELECT * FROM ROWS FROM (${unnested}) AS k) AND (${rows}
  )`;
  return [sql, arrays];
}

function arrayOf(type: string): string {
  return `${type}[]`;
}

async function callWork(
  session: Session,
  path: string,
  work: (session: Session, keys: readonly RowKey[]) => Promise<unknown>,
  keys: readonly RowKey[],
): Promise<void> {
  const before = await transactionId(session);
  const { guarded, firstFailure } = guardSession(session, path);
  await work(guarded, keys);
  const after = await transactionId(session).catch((error: unknown) => {
    // it is aborted, and only the statement that failed says why
    throw sqlState(error) === '25P02' ? (firstFailure() ?? error) : error;
  });
  if (after === before) return;
  throw new OpsError({
    code: 'BACKFILL_ENDED_TRANSACTION',
    exit: 'badData',
    message: `${path}: work ended the transaction of its batch, so the batch may be recorded and not done, or done and not recorded`,
    hint: 'leave BEGIN, COMMIT and ROLLBACK to the backfill, and look at the rows before and after the cursor',
  });
}

/** The lock on the record has given the transaction an id already. */
async function transactionId(session: Session): Promise<string | null> {
  const [row] = await session.query<{ id: string | null }>(
    'SELECT pg_catalog.pg_current_xact_id_if_assigned()::text AS id',
  );
  return row!.id;
}
