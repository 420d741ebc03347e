import { OpsError } from '@opsgraph/errors';
import { identifier, type Session } from '@opsgraph/postgres';
import { type StagedSet, stagedRows, writtenColumns } from '../stage/staged-set.ts';
import { insertOrder } from './insert-order.ts';
import { differs, imageOf, sameKey } from './row-sql.ts';
import { type Content, type Survey, survey, surveyTable, updatableColumns, writtenTable } from './survey.ts';

const rounds = 5;

/** What writing a set came to. */
export type Outcome =
  /** The table held it already. */
  | { wrote: 'nothing'; content: Content }
  /** The temporary table `writtenTable` lists the rows. */
  | { wrote: 'listed'; content: Content }
  /** Every row of the table. */
  | { wrote: 'all' };

/**
 * Inserts what is missing and updates what differs, and nothing else. Rows
 * that strangers insert, change or delete meanwhile are seen and dealt with
 * in the next round; they are never counted as ours.
 *
 * @throws OpsError SEED_NOT_TAKEN (75) when the table does not keep what is written
 */
export async function writeSet(session: Session, staged: StagedSet): Promise<Outcome> {
  // a file without rows has no columns to compare
  let found = staged.rows === 0 ? await surveyTable(session, staged.table) : await survey(session, staged, false);
  if (isSettled(found)) return { wrote: 'nothing', content: found };
  await createWritten(session, staged);
  const steps = { missing: insertMissing, differing: updateDiffering };
  let ours = 0;
  for (let round = 1; round <= rounds; round += 1) {
    for (const step of inOrder(staged.table)) if (found[step] > 0) ours += await steps[step](session, staged);
    // a trigger may have given rows another key, or dropped them
    const isOurs = ours === staged.rows && staged.table.isPlain;
    found = isOurs ? await surveyTable(session, staged.table) : await survey(session, staged, true);
    if (isSettled(found)) return { wrote: 'listed', content: found };
  }
  throw new OpsError({
    code: 'SEED_NOT_TAKEN',
    exit: 'tryLater',
    message: `${staged.table.name} does not keep ${found.missing + found.differing} rows of ${staged.set.name}`,
    hint: 'either somebody keeps changing these rows, or a trigger changes their key or drops them; nothing was written',
  });
}

/**
 * A new row may take a unique value that another row gives up, so updates come first; but where rows of the table
 * refer to each other, an updated row may refer to a new one.
 */
function inOrder({ foreignKeys, oid }: StagedSet['table']): readonly ('missing' | 'differing')[] {
  return foreignKeys.some(({ table }) => table === oid) ? ['missing', 'differing'] : ['differing', 'missing'];
}

function isSettled({ missing, differing }: Survey): boolean {
  return missing + differing === 0;
}

async function createWritten(session: Session, staged: StagedSet): Promise<void> {
  const columns = staged.identity.map((name, index) => `t.${identifier(name)} AS i${index}`);
  await session.execute(
    `CREATE TEMP TABLE ${writtenTable(staged)} ON COMMIT DROP AS SELECT ${columns.join(', ')}, NULL::text AS before FROM ${staged.table.sql} t LIMIT 0`,
  );
}

async function insertMissing(session: Session, staged: StagedSet): Promise<number> {
  const { table, set, identity } = staged;
  const columns = writtenColumns(staged).map(({ name }) => identifier(name));
  // The sort also ends the reading of the table before the writing begins: a plan made for the few rows that are
  // there now would otherwise read, for each row of the file, all that were written so far.
  return session.execute(
    `WITH written AS (
       INSERT INTO ${table.into} AS t (${columns.join(', ')})
       SELECT ${columns.map((name) => `s.${name}`).join(', ')} FROM ${stagedRows(staged)} s
       WHERE NOT EXISTS (SELECT FROM ${table.sql} t WHERE ${sameKey(set.key, 't', 's')}) ORDER BY ${insertOrder(staged, 's')}
       ON CONFLICT (${set.key.map((name) => identifier(name)).join(', ')}) DO NOTHING
       RETURNING ${identity.map((name, index) => `t.${identifier(name)} AS i${index}`).join(', ')})
     INSERT INTO ${writtenTable(staged)} SELECT ${identity.map((_, index) => `i${index}`).join(', ')}, NULL FROM written`,
  );
}

/** Locks the rows and takes their images first, so that what is overwritten is what was recorded. */
async function updateDiffering(session: Session, staged: StagedSet): Promise<number> {
  const { table, set, identity } = staged;
  const columns = updatableColumns(staged);
  const isWritten = identity.map((name, index) => `w.i${index} = t.${identifier(name)}`).join(' AND ');
  const locked = await session.execute(
    `INSERT INTO ${writtenTable(staged)}
     SELECT ${identity.map((name) => `t.${identifier(name)}`).join(', ')}, ${imageOf(table, 't')}
     FROM ${table.sql} t JOIN ${stagedRows(staged)} s ON ${sameKey(set.key, 't', 's')}
     WHERE ${differs(columns, 't', 's')} AND NOT EXISTS (SELECT FROM ${writtenTable(staged)} w WHERE ${isWritten})
     FOR UPDATE OF t`,
  );
  if (locked === 0) return 0;
  // without it the server takes a million rows for a few
  await session.execute(`ANALYZE ${writtenTable(staged)}`);
  await session.execute(
    `UPDATE ${table.sql} t SET ${columns.map(({ name }) => `${identifier(name)} = s.${identifier(name)}`).join(', ')}
     FROM ${stagedRows(staged)} s, ${writtenTable(staged)} w
     WHERE ${isWritten} AND w.before IS NOT NULL AND ${sameKey(set.key, 't', 's')} AND ${differs(columns, 't', 's')}`,
  );
  return locked;
}
