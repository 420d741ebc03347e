import { OpsError } from '@opsgraph/errors';
import { identifier, type Session } from '@opsgraph/postgres';
import { count } from '@opsgraph/text';
import { type StagedSet, stagedRows, writtenColumns } from '../stage/staged-set.ts';
import { insertOrder } from './insert-order.ts';
import { sameKey } from './row-sql.ts';
import { type Content, type Survey, survey, surveyTable, writtenTable } from './survey.ts';
import { updateDiffering } from './update-differing.ts';

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
 * @throws OpsError SEED_NOT_TAKEN when the table does not keep what is written: 65 by a trigger, 75 by another session
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
  throw notTaken(staged, found.missing + found.differing);
}

/** What a trigger does it does again, and waiting does not help. */
function notTaken({ table, set }: StagedSet, rows: number): OpsError {
  const isByTrigger = table.rewriterNames.length > 0;
  return new OpsError({
    code: 'SEED_NOT_TAKEN',
    exit: isByTrigger ? 'badData' : 'tryLater',
    message: `${count(rows, 'row')} of ${set.name} did not stay in ${table.name} as written`,
    hint: isByTrigger
      ? `a trigger or rule of the table (${table.rewriterNames.join(', ')}) drops these rows or changes their key: give the key as it makes it, or leave them out; nothing was written`
      : 'another session keeps changing these rows; nothing was written',
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
    `CREATE TEMP TABLE ${writtenTable(staged)} ON COMMIT DROP AS SELECT ${columns.join(', ')}, NULL::text AS before, NULL::text AS was FROM ${staged.table.sql} t LIMIT 0`,
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
       WHERE NOT EXISTS (SELECT FROM ${table.sql} t WHERE ${sameKey(table, set.key, 't', 's')}) ORDER BY ${insertOrder(staged, 's')}
       ON CONFLICT (${set.key.map((name) => identifier(name)).join(', ')}) DO NOTHING
       RETURNING ${identity.map((name, index) => `t.${identifier(name)} AS i${index}`).join(', ')})
     INSERT INTO ${writtenTable(staged)} SELECT ${identity.map((_, index) => `i${index}`).join(', ')}, NULL, NULL FROM written`,
  );
}
