import type { Session } from '@opsgraph/postgres';
import { unpackPosition } from '../read/position.ts';
import { type StagedSet, stagedName } from '../stage/staged-set.ts';
import { type Report, reportedEach, reportFirst } from './report-each.ts';

/** The natural key: each column given, no null in it, no two rows alike. */
export async function checkKey(session: Session, staged: StagedSet, report: Report): Promise<void> {
  if (staged.rows === 0) return;
  const parts = keyParts(staged);
  const missing = staged.set.key.filter((_, index) => parts[index] === undefined);
  if (missing.length > 0)
    return report(undefined, `${missing.join(', ')}: belongs to the key of ${staged.set.name}, and no row has it`);

  const columns = parts.flatMap((part) => part!);
  const isNull = columns.map((column) => `${column} IS NULL`).join(' OR ');
  const nullable = staged.set.key.filter((name) =>
    staged.table.columns.some((column) => column.name === name && !column.isRequired),
  );
  if (nullable.length > 0) {
    const nulls = await session.query<{ position: number; total: number }>(
      `SELECT position, count(*) OVER () AS total FROM ${staged.stage} WHERE ${isNull} ORDER BY position LIMIT ${reportedEach}`,
    );
    reportFirst(
      nulls,
      nulls[0]?.total ?? 0,
      report,
      () => `${staged.set.key.join(', ')}: no part of the key may be null`,
    );
  }
  const list = columns.join(', ');
  const [found] = await session.query<{ twice: boolean }>(
    `SELECT EXISTS (SELECT FROM ${staged.stage} WHERE NOT (${isNull}) GROUP BY ${list} HAVING count(*) > 1) AS twice`,
  );
  if (!found!.twice) return;
  const rows = await session.query<{ position: number; first: number; key: string; total: number }>(
    `SELECT position, first, key, count(*) OVER () AS total FROM (
       SELECT position, pg_catalog.concat_ws(', ', ${columns.map((column) => `${column}::text`).join(', ')}) AS key,
              pg_catalog.first_value(position) OVER same AS first, pg_catalog.row_number() OVER same AS place
       FROM ${staged.stage} WHERE NOT (${isNull}) WINDOW same AS (PARTITION BY ${list} ORDER BY position)) AS d
     WHERE place > 1 ORDER BY position LIMIT ${reportedEach}`,
  );
  reportFirst(
    rows,
    rows[0]!.total,
    report,
    ({ key, first }) => `the key (${staged.set.key.join(', ')}) = (${key}) is already at ${placeName(first)}`,
  );
}

/** A row belongs to one set: two that give it would write over each other for ever. */
export async function checkShared(
  session: Session,
  staged: StagedSet,
  earlier: readonly StagedSet[],
  report: Report,
): Promise<void> {
  for (const other of earlier) {
    const pairs = staged.set.key.map((name) => [keyPart(staged, name), keyPart(other, name)] as const);
    const isComparable = pairs.every(([ours, theirs]) => ours !== undefined && ours.length === theirs?.length);
    if (other.table.oid !== staged.table.oid || other.set.key.length !== pairs.length || !isComparable) continue;
    const columns = pairs.flatMap(([ours]) => ours!);
    const theirs = pairs.flatMap(([, part]) => part!);
    const rows = await session.query<{ position: number; first: number; key: string; total: number }>(
      `SELECT s.position, o.position AS first, pg_catalog.concat_ws(', ', ${columns.map((column) => `s.${column}::text`).join(', ')}) AS key, count(*) OVER () AS total
       FROM ${staged.stage} s JOIN ${other.stage} o ON ${columns.map((column, at) => `s.${column} ${equalsAs(staged, column)} o.${theirs[at]}`).join(' AND ')} ORDER BY 1 LIMIT ${reportedEach}`,
    );
    reportFirst(
      rows,
      rows[0]?.total ?? 0,
      report,
      ({ key, first }) =>
        `the row (${staged.set.key.join(', ')}) = (${key}) is in ${other.file.label}:${placeName(first)} too; a row belongs to one set`,
    );
  }
}

/** The staged columns that stand for each column of the key; a reference stands as what it is matched by. */
function keyParts(staged: StagedSet): (string[] | undefined)[] {
  return staged.set.key.map((name) => keyPart(staged, name));
}

function keyPart(staged: StagedSet, name: string): string[] | undefined {
  const direct = stagedName(staged, name);
  if (direct !== undefined) return [direct];
  const matched = staged.references.find(({ column }) => column.name === name)?.match.map((by) => by.staged) ?? [];
  return matched.length > 0 && matched.every((column) => staged.given.some((given) => given.staged === column))
    ? matched
    : undefined;
}

function placeName(position: number): string {
  const { line, column } = unpackPosition(position);
  return `${line}:${column}`;
}

/** The operator `=` of a staged column. */
function equalsAs({ given }: StagedSet, staged: string): string {
  return given.find((each) => each.staged === staged)?.column.equals ?? '=';
}
