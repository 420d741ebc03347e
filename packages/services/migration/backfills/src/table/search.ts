import { isDataError, type Session } from '@opsgraph/postgres';
import type { Place } from '../batch/batch.ts';
import { findWindow } from '../batch/window.ts';
import type { KeyedTable } from './table.ts';

/** For a row that makes its batch fail: batches become smaller, so that those before it are done and it is known. */
export interface Search {
  /** Rows that a batch has at most. */
  atMost: number;
  /** Rows among which it is. */
  suspects: number;
}

/** A value, a constraint, a trigger or a function of the definition spoke against a row; of other errors none is to blame. */
export function isAboutRow(error: unknown): boolean {
  return isDataError(error) || (error as { code?: unknown } | null | undefined)?.code === undefined;
}

/** @param rows of the batch that failed
 * @returns undefined when the batch had one row: it is found */
export function narrow(search: Search | undefined, rows: number): Search | undefined {
  return rows <= 1 ? undefined : { atMost: Math.max(Math.floor(rows / 5), 1), suspects: search?.suspects ?? rows };
}

/** @returns undefined when none of the suspects failed this time */
export function clear({ atMost, suspects }: Search, visited: number): Search | undefined {
  return suspects > visited ? { atMost, suspects: suspects - visited } : undefined;
}

/** The row that the batch of one row failed by, else after which one it began. */
export async function describePlace(session: Session, table: KeyedTable, last: Place, rows: number): Promise<string> {
  if (rows === 1) {
    const window = await findWindow(session, table, last, 1);
    if (window !== undefined)
      return `in the row ${table.key.map(({ name }, at) => `${name} = ${window.last[at]}`).join(', ')}`;
  }
  return last.cursor === null ? 'in the first batch' : `in the batch after ${last.cursor.join(', ')}`;
}
