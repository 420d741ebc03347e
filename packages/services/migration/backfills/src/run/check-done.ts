import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { LoadedBackfill } from '../definition/backfill.ts';
import { batchFailed } from './errors.ts';

/** @throws OpsError BACKFILL_NOT_DONE (1) when the definition's own condition is not true at the end */
export async function checkDone(session: Session, backfill: LoadedBackfill): Promise<void> {
  const { done } = backfill.definition;
  if (typeof done !== 'object') return;
  const [row] = await session
    .query<{ done: boolean | null }>(`SELECT (${done.sql}\n) AS done`)
    .catch((error: unknown) => {
      throw batchFailed(backfill, error, 'in the condition of done');
    });
  if (row!.done === true) return;
  throw new OpsError({
    code: 'BACKFILL_NOT_DONE',
    exit: 'failed',
    message: `${backfill.path}: every row was visited, but its condition of done is ${row!.done === null ? 'null' : 'false'}`,
    hint: 'find the rows that violate it and fix them; the same command checks again',
    problems: [`done: ${done.sql.trim()}`],
  });
}
