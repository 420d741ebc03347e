import { OpsError } from '@opsgraph/errors';
import { firstBatchSize } from '@opsgraph/pacing';
import type { Session } from '@opsgraph/postgres';
import { command } from '@opsgraph/terminal';
import { formatNumber } from '@opsgraph/text';
import { readBound } from '../batch/bound.ts';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { type BackfillRecord, insertRecord, readRecord, recordAcceptance } from '../record/record.ts';
import { checkSql } from '../table/check-sql.ts';
import type { KeyedTable } from '../table/table.ts';

/**
 * Where a backfill is: at the beginning, which is recorded, or where an
 * earlier run left it.
 *
 * @throws OpsError BACKFILL_SQL_INVALID, BACKFILL_EDITED, BACKFILL_OTHER_TABLE (65)
 */
export async function beginBackfill(
  session: Session,
  backfill: LoadedBackfill,
  table: KeyedTable,
  { run, acceptChanged }: { run: string; acceptChanged: boolean },
): Promise<BackfillRecord> {
  await checkSql(session, backfill, table);
  const { name } = backfill.definition;
  const record = await readRecord(session, name);
  if (record === undefined) {
    return insertRecord(session, {
      name,
      sha256: backfill.sha256,
      table: nameOf(table),
      key: backfill.key,
      ...identityOf(table),
      bound: await readBound(session, table),
      batchSize: firstBatchSize,
      tableRows: table.rows,
      run,
    });
  }
  requireSame(backfill, table, record, acceptChanged);
  const now = { sha256: backfill.sha256, table: nameOf(table) };
  if (record.sha256 !== now.sha256) await recordAcceptance(session, name, now);
  return { ...record, ...now };
}

/** Refuses to continue with another definition than it began with. */
export function requireSame(
  { path, key, isUnedited }: LoadedBackfill,
  table: KeyedTable,
  record: BackfillRecord,
  acceptChanged: boolean,
): void {
  const isRenamed = record.relation === table.oid;
  const types = table.key.map(({ type }) => type);
  const hint = 'its cursor means nothing there; put the new work in a file of its own, with a new name';
  if ((record.table !== nameOf(table) && !isRenamed) || record.key.join() !== key.join()) {
    throw new OpsError({
      code: 'BACKFILL_OTHER_TABLE',
      exit: 'badData',
      message: `${path}: it began on ${record.table} by ${record.key.join(', ')}, now it says ${nameOf(table)} by ${key.join(', ')}`,
      hint,
    });
  }
  if (record.state === 'open' && record.keyTypes?.some((type, at) => !areOrderedAlike(type, types[at]!))) {
    throw new OpsError({
      code: 'BACKFILL_OTHER_TABLE',
      exit: 'badData',
      message: `${path}: it began when the key ${key.join(', ')} was ${record.keyTypes.join(', ')}, now it is ${types.join(', ')}, which may order rows differently`,
      hint,
    });
  }
  if (isUnedited(record.sha256) || acceptChanged) return;
  throw new OpsError({
    code: 'BACKFILL_EDITED',
    exit: 'badData',
    message: `${path}: was edited after it began; ${formatNumber(record.visited)} rows were done by its former version`,
    hint: `restore the file, or do the rest with the file as it is now: ${command`--name ${record.name} --accept-changed`}`,
  });
}

function nameOf({ schema, name }: KeyedTable): string {
  return `${schema}.${name}`;
}

export function identityOf({ oid, key }: KeyedTable): Pick<BackfillRecord, 'relation' | 'keyTypes'> {
  return { relation: oid, keyTypes: key.map(({ type }) => type) };
}

/** Numbers of all sizes are, and texts of all lengths. */
function areOrderedAlike(one: string, other: string): boolean {
  const family = (type: string): string =>
    /^(smallint|integer|bigint|numeric)/.test(type) ? 'number' : /^(text|character varying)/.test(type) ? 'text' : type;
  return family(one) === family(other);
}
