import { OpsError } from '@opsgraph/errors';
import { identifier, type Session } from '@opsgraph/postgres';
import { count } from '@opsgraph/text';
import { castToCompared } from '../table/comparison.ts';
import { isRowOf } from './open-load.ts';
import type { OpenLoad } from './recorded-load.ts';

/**
 * Deletes what the load inserted and puts back what it overwrote, as judged: all of it, or it throws. In the opposite
 * order of the load: a row that is deleted may hold a unique value that another one gets back.
 *
 * @param inserted how many rows must be gone afterwards
 */
export async function takeBack(session: Session, open: OpenLoad, inserted: number): Promise<void> {
  const { table } = open;
  const refersToItself = table.foreignKeys.some((key) => key.table === table.oid);
  if (refersToItself) await restoreAll(session, open);
  const deleted = await session.execute(
    `DELETE FROM ${table.sql} t USING ${open.rows} u WHERE u.verdict = 'undo' AND u.is_insert AND ${isRowOf(open, 't', 'u')}`,
  );
  if (deleted < inserted) await requireGone(session, open);
  if (!refersToItself) await restoreAll(session, open);
}

async function restoreAll(session: Session, open: OpenLoad): Promise<void> {
  if (open.updated === 0) return;
  await restore(session, open);
  if ((await countUnrestored(session, open)) > 0) await restoreWithoutTriggers(session, open);
}

/** Fewer deleted than inserted: those that went by the cascade of a row that is undone as well are gone, too. */
async function requireGone(session: Session, open: OpenLoad): Promise<void> {
  const [left] = await session.query<{ rows: number }>(
    `SELECT count(*) AS rows FROM ${open.rows} u JOIN ${open.table.sql} t ON ${isRowOf(open, 't', 'u')} WHERE u.verdict = 'undo' AND u.is_insert`,
  );
  if (left!.rows > 0) throw unfit(open, `a trigger prevents the deletion of ${count(left!.rows, 'row')}`);
}

async function restore(session: Session, open: OpenLoad): Promise<void> {
  const columns = open.common.filter(
    ({ name, isIdentityAlways }) => !isIdentityAlways && !open.identity.includes(name),
  );
  if (columns.length === 0) return;
  await session.execute(
    `UPDATE ${open.table.sql} t SET ${columns.map(({ name, place, bareType }) => `${identifier(name)} = u.b${place}::${bareType}`).join(', ')}
     FROM ${open.rows} u WHERE u.verdict = 'undo' AND NOT u.is_insert AND ${isRowOf(open, 't', 'u')}`,
  );
}

async function countUnrestored(session: Session, open: OpenLoad): Promise<number> {
  const [row] = await session.query<{ rows: number }>(
    `SELECT count(*) AS rows FROM ${open.rows} u JOIN ${open.table.sql} t ON ${isRowOf(open, 't', 'u')}
     WHERE u.verdict = 'undo' AND NOT u.is_insert AND (${isUnrestored(open)})`,
  );
  return row!.rows;
}

/** To the letter; where the type is another one now, by value, since its scale may write the same number otherwise. */
function isUnrestored({ common }: OpenLoad): string {
  const [same, converted] = [
    common.filter(({ was }) => was === undefined),
    common.filter(({ was }) => was !== undefined),
  ];
  const [now, former] = [same.map(({ name }) => `t.${identifier(name)}`), same.map(({ place }) => `u.b${place}`)];
  return [
    `ROW(${now.join(', ')})::text <> ROW(${former.join(', ')})::text`,
    ...converted.map((column) => {
      const { name, place, bareType, hasExactEquality } = column;
      const cast = castToCompared(column);
      const [left, right] = [`t.${identifier(name)}`, `u.b${place}::${bareType}`];
      return hasExactEquality
        ? `${left}${cast} IS DISTINCT FROM ${right}${cast}`
        : `ROW(${left})::text <> ROW(${right})::text`;
    }),
  ].join(' OR ');
}

/**
 * A trigger (`updated_at = now()`, mostly) wrote over what was put back. The
 * first update let the triggers do what they do elsewhere; this second one
 * sets the values past them. Needs the table's owner.
 */
async function restoreWithoutTriggers(session: Session, open: OpenLoad): Promise<void> {
  const triggers = await session.query<{ name: string; mode: string }>(
    "SELECT tgname::text AS name, tgenabled AS mode FROM pg_trigger WHERE tgrelid = $1::bigint::oid AND NOT tgisinternal AND tgenabled <> 'D'",
    [open.table.oid],
  );
  const modes: Record<string, string> = { O: 'ENABLE', R: 'ENABLE REPLICA', A: 'ENABLE ALWAYS' };
  // events that still wait would forbid ALTER TABLE
  await session.execute('SET CONSTRAINTS ALL IMMEDIATE');
  for (const { name } of triggers)
    await session.execute(`ALTER TABLE ${open.table.sql} DISABLE TRIGGER ${identifier(name)}`);
  await restore(session, open);
  await session.execute('SET CONSTRAINTS ALL IMMEDIATE');
  for (const { name, mode } of triggers)
    await session.execute(`ALTER TABLE ${open.table.sql} ${modes[mode]} TRIGGER ${identifier(name)}`);
  const left = await countUnrestored(session, open);
  if (left > 0)
    throw unfit(open, `${left} rows cannot hold their former values any more (was a column's type narrowed?)`);
}

function unfit({ table, set }: OpenLoad, why: string): OpsError {
  return new OpsError({
    code: 'SEED_UNDO_IMPOSSIBLE',
    exit: 'refused',
    message: `${set} cannot be undone in ${table.name}: ${why}`,
    hint: 'nothing was changed',
  });
}
