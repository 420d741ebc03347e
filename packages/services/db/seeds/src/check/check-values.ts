import { identifier, literal, type Session, serverHas } from '@opsgraph/postgres';
import type { StagedSet } from '../stage/staged-set.ts';
import { stagedName, writtenColumns } from '../stage/staged-set.ts';
import { type Report, reportedEach, reportFirst } from './report-each.ts';

/** NOT NULL, CHECK constraints and domains. */
export async function checkValues(session: Session, staged: StagedSet, report: Report): Promise<void> {
  const written = new Set(writtenColumns(staged).map(({ name }) => name));
  if (staged.rows > 0) {
    for (const { name, isRequired, hasDefault, isGenerated } of staged.table.columns) {
      if (isRequired && !hasDefault && !isGenerated && !written.has(name))
        report(undefined, `${name}: ${staged.table.name} requires a value, and no row has one`);
    }
  }
  const rules: Rule[] = [];
  for (const { staged: name, field, column, isReference } of staged.given) {
    if (isReference) continue;
    if (column.isRequired)
      rules.push({
        fails: `${name} IS NULL`,
        says: `${field}: a value is required${column.hasDefault ? ' (give it in every row or in none)' : ''}`,
      });
    if (column.isDomain && serverHas(session.server.version, 'input checks')) {
      rules.push({
        fails: `${name} IS NOT NULL AND NOT pg_catalog.pg_input_is_valid(${name}::text, ${literal(column.type)})`,
        says: `${field}: the domain ${column.type} refuses the value`,
      });
    }
  }
  for (const { column, match } of staged.references) {
    if (column.isRequired && written.has(column.name))
      rules.push({
        fails: match.map((by) => `${by.staged} IS NULL`).join(' AND '),
        says: `${match.map(({ field }) => field).join(', ')}: a value is required`,
      });
  }
  for (const { name, condition, columns } of staged.table.checks) {
    const names = columns.map((column) => [column, stagedName(staged, column)] as const);
    if (names.some(([, from]) => from === undefined)) continue;
    const source = `(SELECT ${names.map(([column, from]) => `${staged.stage}.${from} AS ${identifier(column)}`).join(', ')}) AS row_of_file`;
    rules.push({
      fails: `NOT (SELECT ${condition} FROM ${source})`,
      says: `${columns.join(', ')}: the check ${name} fails: ${condition}`,
    });
  }
  await findFailures(session, staged, rules, report);
}

interface Rule {
  /** An expression over the staged row that is true when it is broken. */
  fails: string;
  says: string;
}

/** One pass for all rules, and one more for each that is broken. */
async function findFailures(
  session: Session,
  { stage }: StagedSet,
  rules: readonly Rule[],
  report: Report,
): Promise<void> {
  if (rules.length === 0) return;
  const [counts] = await session.query<Record<string, number>>(
    `SELECT ${rules.map(({ fails }, index) => `count(*) FILTER (WHERE ${fails}) AS f${index}`).join(', ')} FROM ${stage}`,
  );
  for (const [index, { fails, says }] of rules.entries()) {
    const times = counts![`f${index}`]!;
    if (times === 0) continue;
    const rows = await session.query<{ position: number }>(
      `SELECT position FROM ${stage} WHERE ${fails} ORDER BY position LIMIT ${reportedEach}`,
    );
    reportFirst(rows, times, report, () => says);
  }
}
