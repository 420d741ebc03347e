import { identifier, type Session } from '@opsgraph/postgres';
import { type StagedSet, stagedRows, updatableColumns, writtenColumns } from '../stage/staged-set.ts';
import { equalsOf } from '../table/comparison.ts';
import { differsFromFile, keepRewritings, type Rewriting, rewritingsIn } from './rewritten.ts';
import { imageOf, sameKey } from './row-sql.ts';
import { writtenTable } from './survey.ts';

/** Updates rows that it changes, and leaves those of which a trigger makes what is there already; returns how many. */
export async function updateDiffering(session: Session, staged: StagedSet): Promise<number> {
  if (staged.table.rewriters === null) return update(session, staged);
  try {
    return await session.transaction(async () => {
      const updated = await update(session, staged);
      const idle = await rewritingsIn(session, staged, writtenTable(staged), `w.was = ${writtenImage(staged, 't')}`);
      if (idle.length > 0) throw new Idle(idle);
      return updated;
    });
  } catch (error) {
    if (!(error instanceof Idle)) throw error;
    await keepRewritings(session, staged, error.rows);
    return update(session, staged);
  }
}

/** Updates that changed nothing, with whatever else their triggers did, are rolled back. */
class Idle extends Error {
  readonly rows: readonly Rewriting[];

  constructor(rows: readonly Rewriting[]) {
    super('some updates change nothing');
    this.rows = rows;
  }
}

/** Locks the rows and takes their images first, so that what is overwritten is what was recorded. */
async function update(session: Session, staged: StagedSet): Promise<number> {
  const { table, set, identity } = staged;
  const columns = updatableColumns(staged);
  const isWritten = identity
    .map((name, index) => `w.i${index} ${equalsOf(table, name)} t.${identifier(name)}`)
    .join(' AND ');
  const locked = await session.execute(
    `INSERT INTO ${writtenTable(staged)}
     SELECT ${identity.map((name) => `t.${identifier(name)}`).join(', ')}, ${imageOf(table, 't')}, ${table.rewriters === null ? 'NULL' : writtenImage(staged, 't')}
     FROM ${table.sql} t JOIN ${stagedRows(staged)} s ON ${sameKey(table, set.key, 't', 's')}
     WHERE ${differsFromFile(staged, 't', 's')} AND NOT EXISTS (SELECT FROM ${writtenTable(staged)} w WHERE ${isWritten})
     FOR UPDATE OF t`,
  );
  if (locked === 0) return 0;
  // without it the server takes a million rows for a few
  await session.execute(`ANALYZE ${writtenTable(staged)}`);
  await session.execute(
    `UPDATE ${table.sql} t SET ${columns.map(({ name }) => `${identifier(name)} = s.${identifier(name)}`).join(', ')}
     FROM ${stagedRows(staged)} s, ${writtenTable(staged)} w
     WHERE ${isWritten} AND w.before IS NOT NULL AND ${sameKey(table, set.key, 't', 's')} AND ${differsFromFile(staged, 't', 's')}`,
  );
  return locked;
}

/** The columns that the file gives, of row `alias`. */
function writtenImage(staged: StagedSet, alias: string): string {
  return `ROW(${writtenColumns(staged)
    .map(({ name }) => `${alias}.${identifier(name)}`)
    .join(', ')})::text`;
}
