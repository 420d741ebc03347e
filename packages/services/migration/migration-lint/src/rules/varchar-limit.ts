import type { Rule } from '../rule.ts';
import { inTransaction } from '../steps.ts';
import { builtin, definedColumns } from '../types.ts';

export const varcharLimit: Rule = {
  name: 'varchar-limit',
  optional: true,
  summary: 'The limit of a varchar(n) can be changed only with the table locked',
  *check({ node }, { print }) {
    for (const { name, type } of definedColumns(node)) {
      if (builtin(type) !== 'varchar' || (type.typmods ?? []).length === 0) continue;
      const [limit] = type.typmods ?? [];
      const size = limit === undefined ? 'n' : print.node(limit);
      yield {
        at: type.location,
        message:
          'a later, shorter limit rewrites the table, a longer one locks it; a CHECK can be replaced with neither',
        blocks: 'everybody, when the limit changes',
        lasts: 'lasting',
        safe: [
          inTransaction(
            `-- write: ${print.name(name)} text CHECK (length(${print.name(name)}) <= ${size}); on a table in use add the CHECK as NOT VALID (rule add-check)`,
          ),
        ],
      };
    }
  },
};
