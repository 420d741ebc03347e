import { identifier, type Session, sqlState } from '@opsgraph/postgres';
import { type StagedSet, stagedRows, writtenColumns } from '../stage/staged-set.ts';
import { insertOrder } from './insert-order.ts';

/** A table was empty and nobody else seemed to write to it, and that turned out otherwise. Nothing is lost: the load begins again, row by row. */
export class NotAlone extends Error {}

/**
 * Whether everything in the table will be this set's: it is empty now, no
 * other set of the run writes to it, and no trigger or rule of the run's
 * tables can.
 *
 * @param all every set that the run writes
 */
export async function isForFilling(session: Session, staged: StagedSet, all: readonly StagedSet[]): Promise<boolean> {
  const others = all.filter((other) => other !== staged);
  if (staged.rows === 0 || !all.every(({ table }) => table.isPlain)) return false;
  if (others.some(({ table }) => table.oid === staged.table.oid)) return false;
  const [found] = await session.query<{ isEmpty: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM ${staged.table.sql}) AS "isEmpty"`,
  );
  return found!.isEmpty;
}

/**
 * Inserts the whole file into its empty table. Without ON CONFLICT, which
 * costs an insert twice; without keeping a list of the rows, which are told
 * later by the transaction that made them.
 *
 * @throws NotAlone when another session inserted one of the rows meanwhile
 */
export async function fillTable(session: Session, staged: StagedSet): Promise<void> {
  const columns = writtenColumns(staged).map(({ name }) => identifier(name));
  const inserted = await session
    .execute(
      `INSERT INTO ${staged.table.into} (${columns.join(', ')})
       SELECT ${columns.map((name) => `s.${name}`).join(', ')} FROM ${stagedRows(staged)} s ORDER BY ${insertOrder(staged, 's')}`,
    )
    .catch((error: unknown) => {
      // perhaps another unique index, for which the next attempt gives the reason
      if (sqlState(error) === '23505') throw new NotAlone();
      throw error;
    });
  if (inserted !== staged.rows) throw new NotAlone();
}

/** Row `alias` of the table was written by this transaction. */
export function isOurs(alias: string): string {
  return `${alias}.xmin = pg_catalog.pg_current_xact_id()::xid`;
}
