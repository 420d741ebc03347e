import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const truncateCascade: Rule = {
  name: 'truncate-cascade',
  summary: 'TRUNCATE … CASCADE empties every table that refers to this one, and those that refer to them',
  *check({ node }, { print }) {
    if (!('TruncateStmt' in node) || node.TruncateStmt.behavior !== 'DROP_CASCADE') return;
    const tables = (node.TruncateStmt.relations ?? []).flatMap((one) =>
      'RangeVar' in one ? [print.table(one.RangeVar)] : [],
    );
    yield {
      message: `every table with a foreign key to ${tables.join(', ')} is emptied too, and so on from there`,
      locks: tables.map((table) => lock('ACCESS EXCLUSIVE', `${table} and all that refer to it`)),
      blocks: 'everybody who needs those rows',
      lasts: 'until-deployed',
      safe: [
        inTransaction(
          '-- name every table that should be empty; without CASCADE it refuses when one is missing',
          `TRUNCATE ${tables.join(', ')}`,
        ),
      ],
    };
  },
};
