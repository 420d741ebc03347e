import type { Rule } from '../rule.ts';
import { inTransaction } from '../steps.ts';
import { builtin, definedColumns } from '../types.ts';

export const jsonColumn: Rule = {
  name: 'json-column',
  summary: 'A json column has no equality: SELECT DISTINCT, GROUP BY and UNION over it fail',
  *check({ node }, { print }) {
    for (const { name, type } of definedColumns(node)) {
      if (builtin(type) !== 'json') continue;
      yield {
        at: type.location,
        message: 'json has no equality operator, so existing SELECT DISTINCT, GROUP BY and UNION over its rows fail',
        blocks: 'queries that compare whole rows',
        lasts: 'lasting',
        safe: [inTransaction(`-- write: ${print.name(name)} jsonb`)],
      };
    }
  },
};
