import { OpsError } from '@opsgraph/errors';
import { identifier, type Session } from '@opsgraph/postgres';
import { currentImage, isRowOf, type OpenLoad, recordedImage } from './load.ts';

export interface TakenBack {
  deleted: number;
  restored: number;
}

/** Deletes what the load inserted and puts back what it overwrote, as judged. */
export async function takeBack(session: Session, open: OpenLoad): Promise<TakenBack> {
  const restored = await restore(session, open);
  if (restored > 0 && (await countUnrestored(session, open)) > 0) await restoreWithoutTriggers(session, open);
  const [expected] = await session.query<{ rows: number }>(
    `SELECT count(*) AS rows FROM ${open.found} f JOIN ${open.images} u USING (n) WHERE f.verdict = 'undo' AND u.is_insert`,
  );
  const deleted = await session.execute(
    `DELETE FROM ${open.table.sql} t USING ${open.images} u, ${open.found} f WHERE f.n = u.n AND f.verdict = 'undo' AND u.is_insert AND ${isRowOf(open, 't', 'u')}`,
  );
  if (deleted !== expected!.rows) throw unfit(open, `${expected!.rows - deleted} rows are not let go by a trigger`);
  return { deleted, restored };
}

async function restore(session: Session, open: OpenLoad): Promise<number> {
  const columns = open.common.filter(
    ({ name, isIdentityAlways }) => !isIdentityAlways && !open.identity.includes(name),
  );
  if (open.updated === 0 || columns.length === 0) return 0;
  return session.execute(
    `UPDATE ${open.table.sql} t SET ${columns.map(({ name, place, bareType }) => `${identifier(name)} = u.b${place}::${bareType}`).join(', ')}
     FROM ${open.images} u, ${open.found} f WHERE f.n = u.n AND f.verdict = 'undo' AND NOT u.is_insert AND ${isRowOf(open, 't', 'u')}`,
  );
}

async function countUnrestored(session: Session, open: OpenLoad): Promise<number> {
  const [row] = await session.query<{ rows: number }>(
    `SELECT count(*) AS rows FROM ${open.found} f JOIN ${open.images} u USING (n) JOIN ${open.table.sql} t ON ${isRowOf(open, 't', 'u')}
     WHERE f.verdict = 'undo' AND NOT u.is_insert AND ${currentImage(open, 't')} <> ${recordedImage(open, 'b', 'u')}`,
  );
  return row!.rows;
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
    message: `${set} cannot be taken out of ${table.name}: ${why}`,
    hint: 'nothing was changed',
  });
}
