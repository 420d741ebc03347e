import type { LedgerRow } from '../state/state.ts';
import { revertKnex } from './apply-knex.ts';
import { revertSql } from './apply-sql.ts';
import { revertKnexWithoutTransaction, revertSqlStepwise } from './apply-without-transaction.ts';
import type { ApplyContext } from './context.ts';
import { unlessItManagesItself } from './own-transaction.ts';
import type { Prepared } from './prepare.ts';
import { requireUntouched, resumePoint } from './resume.ts';
import { retryPassing } from './retry-passing.ts';

/** Takes one back that has a way down; `knexId` is its row in knex's table, if it is one of knex. */
export async function revertOne(
  context: ApplyContext,
  migration: Prepared,
  row: LedgerRow | undefined,
  knexId: number,
): Promise<void> {
  const { session } = context;
  const { file } = migration;
  const isHalfDone = row?.status === 'started';
  if (migration.kind === 'sql') {
    const down = migration.sql.down!;
    if (isHalfDone) return revertSqlStepwise(context, file, down, await resumePoint(context, row, file, down));
    return down.transaction
      ? retryPassing(session, () => revertSql(context, file, down))
      : revertSqlStepwise(context, file, down);
  }
  if (isHalfDone) await requireUntouched(context, row, file);
  const down = migration.knex.down!;
  if (!migration.transaction) return revertKnexWithoutTransaction(context, file, down, knexId);
  await unlessItManagesItself(
    context,
    file,
    () => revertKnex(context, file, down, knexId),
    () => revertKnexWithoutTransaction(context, file, down, knexId),
  );
}
