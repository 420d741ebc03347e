import { OpsError } from '@opsgraph/errors';
import { identifier, type Session } from '@opsgraph/postgres';
import { resolutionName, type StagedSet } from '../stage/staged-set.ts';
import { equalsOf } from '../table/comparison.ts';

/**
 * Looks up what the references of a set stand for, now that their rows are in
 * the tables. What is not there yet (in a dry run) stays unresolved.
 *
 * @throws OpsError SEED_REFERENCE_AMBIGUOUS (65) when another session added a second row that fits since the check
 */
export async function resolveReferences(session: Session, staged: StagedSet): Promise<void> {
  for (const [index, { parent, target, match, set }] of staged.references.entries()) {
    const name = resolutionName(staged, index);
    await session.execute(
      `CREATE TEMP TABLE ${name} ON COMMIT DROP AS
       SELECT w.*, p.${identifier(target)} AS target
       FROM (SELECT DISTINCT ${match.map((by, at) => `${by.staged} AS m${at}`).join(', ')} FROM ${staged.stage} WHERE ${match.map((by) => `${by.staged} IS NOT NULL`).join(' AND ')}) w
       JOIN ${parent.sql} p ON ${match.map((by, at) => `p.${identifier(by.column)} ${equalsOf(parent, by.column)} w.m${at}`).join(' AND ')}`,
    );
    await session.execute(`ANALYZE ${name}`);
    const [twice] = await session.query(
      `SELECT FROM ${name} GROUP BY ${match.map((_, at) => `m${at}`).join(', ')} HAVING count(*) > 1 LIMIT 1`,
    );
    if (twice === undefined) continue;
    throw new OpsError({
      code: 'SEED_REFERENCE_AMBIGUOUS',
      exit: 'badData',
      message: `${staged.set.name} refers to a row of ${set} by (${match.map((by) => by.column).join(', ')}), and now there are two such rows`,
      hint: 'match by more columns in seeds.ts; nothing was written',
    });
  }
}

/**
 * A reference that leads to no row now would be written as null: the set
 * refers to rows of its own file, or in a circle, or another session deleted the row
 * since the check.
 *
 * @throws OpsError SEED_REFERENCE_UNRESOLVED (65)
 */
export async function requireResolved(session: Session, staged: StagedSet): Promise<void> {
  for (const [index, { column, match, set, parent }] of staged.references.entries()) {
    const found = match.map((by, at) => `r.m${at} ${equalsOf(parent, by.column)} s.${by.staged}`).join(' AND ');
    const [open] = await session.query<{ value: string }>(
      `SELECT pg_catalog.concat_ws(', ', ${match.map((by) => `s.${by.staged}::text`).join(', ')}) AS value FROM ${staged.stage} s
       WHERE ${match.map((by) => `s.${by.staged} IS NOT NULL`).join(' AND ')} AND NOT EXISTS (SELECT FROM ${resolutionName(staged, index)} r WHERE ${found}) LIMIT 1`,
    );
    if (open === undefined) continue;
    throw new OpsError({
      code: 'SEED_REFERENCE_UNRESOLVED',
      exit: 'badData',
      message: `${staged.set.name}: ${column.name} refers to a row of ${set} that is not there yet: ${open.value}`,
      hint:
        set === staged.set.name
          ? 'rows of one file cannot refer to each other: load the parents as a set of their own; nothing was written'
          : `load ${set} first, or break the circle of references; nothing was written`,
    });
  }
}
