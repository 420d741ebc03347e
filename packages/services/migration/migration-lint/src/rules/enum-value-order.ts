import { strings } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { inTransaction } from '../steps.ts';

export const enumValueOrder: Rule = {
  name: 'enum-value-order',
  summary: 'A new enum value without BEFORE or AFTER sorts last, whatever it means',
  *check({ node }, { print }) {
    if (!('AlterEnumStmt' in node)) return;
    const { typeName, oldVal, newVal = '', newValNeighbor } = node.AlterEnumStmt;
    if (oldVal !== undefined || newValNeighbor !== undefined) return;
    yield {
      message: 'it sorts after all others, and the order of an enum cannot be changed later',
      blocks: 'queries that sort or compare by the enum',
      lasts: 'lasting',
      safe: [
        inTransaction(
          `-- say where: ALTER TYPE ${strings(typeName).map(print.name).join('.')} ADD VALUE IF NOT EXISTS '${newVal.replaceAll("'", "''")}' AFTER '<value>'`,
        ),
      ],
    };
  },
};
