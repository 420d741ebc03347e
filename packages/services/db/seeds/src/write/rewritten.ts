import { identifier, literal, type Session } from '@opsgraph/postgres';
import { type StagedSet, stagedRows, updatableColumns, writtenColumns } from '../stage/staged-set.ts';
import { equalsOf } from '../table/comparison.ts';
import { differs, sameKey } from './row-sql.ts';

/** What a file gave and what the table took instead, as hashes. */
export interface Rewriting {
  given: string;
  taken: string;
}

/**
 * Row `t` of the table is not as row `s` of the file says. Where triggers or
 * rules of the table are known to make of `s` what `t` is, it is as it says.
 */
export function differsFromFile(staged: StagedSet, t: string, s: string): string {
  const isOther = differs(updatableColumns(staged), t, s);
  return staged.table.rewriters === null ? isOther : `(${isOther} AND NOT ${isKnown(staged, t, s)})`;
}

/** Row `t` is not what row `s` of the file says to the letter, but what triggers or rules of the table make of it. */
export function isRewritten(staged: StagedSet, t: string, s: string): string {
  if (staged.table.rewriters === null) return 'false';
  return `(${differs(updatableColumns(staged), t, s)} AND ${isKnown(staged, t, s)})`;
}

function isKnown(staged: StagedSet, t: string, s: string): string {
  return `EXISTS (SELECT FROM ops.seed_rewritten x WHERE ${isOf(staged, 'x')} AND x.given = ${hashOf(staged, s)} AND x.taken = ${hashOf(staged, t)})`;
}

/** The rows with an entry in `list` that differ from their file although it was just written. */
export function rewritingsIn(
  session: Session,
  staged: StagedSet,
  list: string,
  condition: string,
): Promise<Rewriting[]> {
  const isListed = staged.identity
    .map((name, index) => `w.i${index} ${equalsOf(staged.table, name)} t.${identifier(name)}`)
    .join(' AND ');
  return session.query<Rewriting & Record<string, unknown>>(
    `SELECT ${hashOf(staged, 's')}::text AS given, ${hashOf(staged, 't')}::text AS taken
     FROM ${list} w JOIN ${staged.table.sql} t ON ${isListed} JOIN ${stagedRows(staged)} s ON ${sameKey(staged.table, staged.set.key, 't', 's')}
     WHERE ${condition} AND ${differsFromFile(staged, 't', 's')}`,
  );
}

/** Remembers them, for as long as the table has the same triggers and rules. */
export async function keepRewritings(
  session: Session,
  { table }: StagedSet,
  found: readonly Rewriting[],
): Promise<void> {
  const place = [table.schema, table.name, table.rewriters];
  await session.execute(
    'DELETE FROM ops.seed_rewritten WHERE schema_name = $1 AND table_name = $2 AND rewriters <> $3',
    place,
  );
  await session.execute(
    `INSERT INTO ops.seed_rewritten (schema_name, table_name, rewriters, given, taken)
     SELECT DISTINCT $1, $2, $3, given, taken FROM unnest($4::bigint[], $5::bigint[]) AS u (given, taken) ON CONFLICT DO NOTHING`,
    [...place, found.map(({ given }) => given), found.map(({ taken }) => taken)],
  );
}

function isOf({ table }: StagedSet, x: string): string {
  return `${x}.schema_name = ${literal(table.schema)} AND ${x}.table_name = ${literal(table.name)} AND ${x}.rewriters = ${literal(table.rewriters!)}`;
}

/** Of the columns that the file has, with their names. */
function hashOf(staged: StagedSet, row: string): string {
  const names = writtenColumns(staged).map(({ name }) => name);
  const values = names.map((name) => `${row}.${identifier(name)}`);
  return `pg_catalog.hashtextextended(ROW(${[literal(JSON.stringify(names)), ...values].join(', ')})::text, 0)`;
}
