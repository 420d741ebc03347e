import { OpsError } from '@opsgraph/errors';
import { isDataError, sqlState } from '@opsgraph/postgres';
import { agree, count } from '@opsgraph/text';
import type { KeptRows } from './describe-kept.ts';
import type { RecordedLoad } from './recorded-load.ts';

/** @throws OpsError SEED_CHANGED_SINCE naming the rows that an undo would have to leave */
export function refuseIfAny(kept: readonly KeptRows[]): void {
  const rows = kept.flatMap((one) =>
    one.count > one.rows.length
      ? [...one.rows, `… and ${one.count - one.rows.length} more rows of ${one.table}`]
      : one.rows,
  );
  if (rows.length === 0) return;
  const total = kept.reduce((sum, one) => sum + one.count, 0);
  throw new OpsError({
    code: 'SEED_CHANGED_SINCE',
    exit: 'refused',
    message: `${count(total, 'seeded row')} ${agree(total, 'was', 'were')} changed since, or others refer to ${agree(total, 'it', 'them')}; nothing was undone`,
    hint: 'if a later seed did that, undo it first (rollback-seed --set NAME); with --keep-changed these rows stay and everything else is undone',
    problems: rows,
  });
}

/** What the server says when a row cannot become what it was. */
export async function possible<T>({ set, tableName }: RecordedLoad, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const cannotCast = sqlState(cause) === '42846';
    if (!isDataError(cause) && !cannotCast) throw cause;
    const { detail, message } = cause as Error & { detail?: string };
    throw new OpsError({
      code: 'SEED_UNDO_IMPOSSIBLE',
      exit: 'refused',
      message: `${set} cannot be undone in ${tableName}: ${message}`,
      hint: 'a row, constraint or trigger prevents it; nothing was undone',
      problems: detail === undefined ? [] : [detail],
      cause,
    });
  }
}
