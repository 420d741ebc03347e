import { literal, type Session, serverHas } from '@opsgraph/postgres';
import type { Problems } from '../problems.ts';
import { unpackPosition } from '../read/position.ts';
import type { StagedColumn } from './plan-set.ts';

interface Tables {
  /** Everything as text. */
  text: string;
  /** With the real types, empty. */
  stage: string;
  label: string;
}

/** Reports each value that its column's type refuses, and moves the rows that are fine into the typed table. */
export async function findBadValues(
  session: Session,
  given: readonly StagedColumn[],
  { text, stage, label }: Tables,
  problems: Problems,
): Promise<void> {
  const judges: Judge[] = [];
  for (const [index, column] of given.entries()) judges.push(await judgeOf(session, column, index));
  for (const [index, { staged, field }] of given.entries()) {
    const [counted] = await session.query<{ times: number }>(
      `SELECT count(*) AS times FROM ${text} WHERE ${judges[index]!.isBad}`,
    );
    if (counted!.times === 0) continue;
    const found = await session.query<{ position: number; problem: string }>(
      `SELECT pg_catalog.abs(position) AS position, ${judges[index]!.problem} AS problem FROM ${text} WHERE ${judges[index]!.isBad} ORDER BY pg_catalog.abs(position) LIMIT 50`,
    );
    for (const [at, { position, problem }] of found.entries()) {
      problems.add(
        label,
        unpackPosition(position),
        `${field}: ${problem}`,
        at === 0 ? counted!.times - found.length + 1 : 1,
      );
    }
    // a row that was reported is marked by a negative number
    await session.execute(
      `UPDATE ${text} SET position = -position WHERE position > 0 AND ${staged} IS NOT NULL AND ${judges[index]!.isBad}`,
    );
  }
  const values = given.map(({ staged, column }) => `${staged}::${column.baseType}`);
  await session.execute(
    `INSERT INTO ${stage} (${['position', ...given.map(({ staged }) => staged)].join(', ')}) SELECT ${['position', ...values].join(', ')} FROM ${text} WHERE position > 0`,
  );
}

interface Judge {
  isBad: string;
  problem: string;
}

async function judgeOf(session: Session, { staged, column }: StagedColumn, index: number): Promise<Judge> {
  if (serverHas(session.server.version, 'input checks')) {
    const type = literal(column.baseType);
    return {
      isBad: `${staged} IS NOT NULL AND NOT pg_catalog.pg_input_is_valid(${staged}, ${type})`,
      problem: `(SELECT message FROM pg_catalog.pg_input_error_info(${staged}, ${type}))`,
    };
  }
  // Without them only an assignment in a block with a handler tells without ending the transaction.
  const name = `pg_temp.seed_judge_${index}`;
  await session.execute(
    `CREATE OR REPLACE FUNCTION ${name}(value text) RETURNS text LANGUAGE plpgsql AS $judge$
     DECLARE kept ${column.baseType}; BEGIN kept := value; RETURN NULL; EXCEPTION WHEN others THEN RETURN SQLERRM; END $judge$`,
  );
  return { isBad: `${name}(${staged}) IS NOT NULL`, problem: `${name}(${staged})` };
}
