import { massWrite } from '../mass-write.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const updateAllRows: Rule = {
  name: 'update-all-rows',
  summary: 'UPDATE or DELETE without WHERE locks every row of a table in use until it ends',
  *check({ node }, { known, print }) {
    const write = massWrite(node, known);
    if (write === undefined || !write.isWhole) return;
    const target = print.table(write.relation);
    yield {
      message:
        write.verb === 'DELETE'
          ? `every row of ${target} stays locked until the transaction ends, and takes its space until it is vacuumed`
          : `every row of ${target} is written and stays locked until the transaction ends; the table may grow to twice its size`,
      locks: [lock('ROW EXCLUSIVE', target)],
      lasts: 'table-size',
      safe: [
        inTransaction(
          `-- as a data migration, in batches by key: ${write.verb} … WHERE <key> > <last> AND <key> <= <next>`,
          ...(write.verb === 'DELETE' ? ['-- or, when nobody needs the rows: TRUNCATE'] : []),
        ),
      ],
    };
  },
};
