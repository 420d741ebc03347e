import type { Rule } from '../rule.ts';
import { inTransaction } from '../steps.ts';
import { builtin, definedColumns } from '../types.ts';

export const charColumn: Rule = {
  name: 'char-column',
  summary: 'char(n) pads with spaces that come and go; it saves nothing',
  *check({ node }, { print }) {
    for (const { name, type } of definedColumns(node)) {
      if (builtin(type) !== 'bpchar') continue;
      yield {
        at: type.location,
        message: 'values are padded with spaces, which some operators count and others do not',
        blocks: 'comparisons and lengths that do not expect the padding',
        lasts: 'lasting',
        safe: [inTransaction(`-- write: ${print.name(name)} text`)],
      };
    }
  },
};
