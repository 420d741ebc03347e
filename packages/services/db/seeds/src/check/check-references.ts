import { identifier, type Session } from '@opsgraph/postgres';
import type { PlannedReference } from '../stage/plan-set.ts';
import { type StagedSet, stagedName } from '../stage/staged-set.ts';
import { equalsOf } from '../table/comparison.ts';
import { type Report, reportedEach, reportFirst } from './report-each.ts';

/** References by natural key: each must pick exactly one row, of the table or of the set loaded with it. */
export async function checkReferences(
  session: Session,
  staged: StagedSet,
  sets: readonly StagedSet[],
  report: Report,
): Promise<void> {
  for (const reference of staged.references) {
    const columns = reference.match.map((by) => by.staged);
    if (!columns.some((column) => staged.given.some((given) => given.staged === column))) continue;
    const parents = sets.filter((other) => other.table.oid === reference.parent.oid);
    if (parents.some(({ isIncomplete }) => isIncomplete)) continue;
    const rows = await session.query<{ position: number; value: string; found: number; total: number }>(
      `SELECT position, value, found, count(*) OVER () AS total FROM (
         SELECT pg_catalog.min(w.position) AS position, ${wantedText(reference)} AS value, pg_catalog.count(p.present) / pg_catalog.count(DISTINCT w.position) AS found
         FROM ${staged.stage} w LEFT JOIN (${candidates(reference, parents)}) p ON ${reference.match.map((by, index) => `p.m${index} ${equalsOf(reference.parent, by.column)} w.${by.staged}`).join(' AND ')}
         WHERE ${columns.map((column) => `w.${column} IS NOT NULL`).join(' OR ')}
         GROUP BY ${columns.map((column) => `w.${column}`).join(', ')}) m
       WHERE found <> 1 ORDER BY position LIMIT ${reportedEach}`,
    );
    reportFirst(rows, rows[0]?.total ?? 0, report, ({ value, found }) =>
      found === 0
        ? `${reference.column.name}: ${reference.set} has no row with ${value}`
        : `${reference.column.name}: ${found} rows of ${reference.set} have ${value}; match by more columns`,
    );
  }
}

function wantedText({ match }: PlannedReference): string {
  return match
    .map((by) => `'${by.column.replaceAll("'", "''")} = ' || coalesce(w.${by.staged}::text, 'null')`)
    .join(` || ', ' || `);
}

/** The rows as they will be: those of the staged sets, and those of the table that no staged set replaces. */
function candidates({ parent, match }: PlannedReference, parents: readonly StagedSet[]): string {
  const staged = parents.filter((set) => match.every((by) => stagedName(set, by.column) !== undefined));
  const replaced = staged.flatMap((set) => {
    const key = set.set.key.map((name) => [name, stagedName(set, name)] as const);
    // a key that is itself a reference cannot be compared before it is resolved
    return key.every(([, name]) => name !== undefined)
      ? [
          `NOT EXISTS (SELECT FROM ${set.stage} r WHERE ${key.map(([name, from]) => `r.${from} ${equalsOf(parent, name)} t.${identifier(name)}`).join(' AND ')})`,
        ]
      : [];
  });
  return [
    `SELECT true AS present, ${match.map((by, index) => `t.${identifier(by.column)} AS m${index}`).join(', ')} FROM ${parent.sql} t WHERE ${['true', ...replaced].join(' AND ')}`,
    ...staged.map(
      (set) => `SELECT true, ${match.map((by) => `r.${stagedName(set, by.column)}`).join(', ')} FROM ${set.stage} r`,
    ),
  ].join(staged.length > replaced.length ? ' UNION ' : ' UNION ALL ');
}
