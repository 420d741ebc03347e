import { identifier, type Session } from '@opsgraph/postgres';
import { type StagedSet, stagedName } from '../stage/staged-set.ts';
import { equalsOf } from '../table/comparison.ts';
import { type Report, reportedEach, reportFirst } from './report-each.ts';

/** Foreign keys whose columns the file gives itself: each value must be in the table or in a set that is loaded with it. */
export async function checkForeignKeys(
  session: Session,
  staged: StagedSet,
  sets: readonly StagedSet[],
  report: Report,
): Promise<void> {
  for (const { columns, table, tableSql, targets } of staged.table.foreignKeys) {
    const names = columns.map((column) => stagedName(staged, column));
    if (names.some((name) => name === undefined)) continue;
    const parents = sets.filter((other) => other.table.oid === table);
    if (parents.some(({ isIncomplete }) => isIncomplete)) continue;
    const operators = columns.map((column) => equalsOf(staged.table, column));
    const known = parents.flatMap((parent) => {
      const theirs = targets.map((target) => stagedName(parent, target));
      return theirs.every((name) => name !== undefined)
        ? [missingIn(parent.stage, theirs as string[], names as string[], operators)]
        : [];
    });
    const missing = [
      missingIn(
        tableSql,
        targets.map((target) => identifier(target)),
        names as string[],
        operators,
      ),
      ...known,
    ].join(' AND ');
    const rows = await session.query<{ position: number; value: string; total: number }>(
      `SELECT position, value, count(*) OVER () AS total FROM (
         SELECT pg_catalog.min(s.position) AS position, pg_catalog.concat_ws(', ', ${names.map((name) => `s.${name}::text`).join(', ')}) AS value FROM ${staged.stage} s
         WHERE ${names.map((name) => `s.${name} IS NOT NULL`).join(' AND ')} AND ${missing} GROUP BY ${names.map((name) => `s.${name}`).join(', ')}) m
       ORDER BY position LIMIT ${reportedEach}`,
    );
    reportFirst(
      rows,
      rows[0]?.total ?? 0,
      report,
      ({ value }) =>
        `${columns.join(', ')}: ${tableSql.replaceAll('"', '')} has no row with ${targets.join(', ')} = ${value}`,
    );
  }
}

function missingIn(
  table: string,
  theirs: readonly string[],
  ours: readonly string[],
  operators: readonly string[],
): string {
  return `NOT EXISTS (SELECT FROM ${table} p WHERE ${theirs.map((name, index) => `p.${name} ${operators[index]} s.${ours[index]}`).join(' AND ')})`;
}
