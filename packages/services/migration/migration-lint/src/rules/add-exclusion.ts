import { addedConstraints } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const addExclusion: Rule = {
  name: 'add-exclusion',
  summary: 'An EXCLUDE constraint builds its index and checks all rows with the table locked',
  *check({ node }, { known, print }) {
    for (const { table, constraint } of addedConstraints(node)) {
      if (constraint.contype !== 'CONSTR_EXCLUSION' || known.isNewTable(table)) continue;
      const target = print.table(table);
      const next = print.table({ ...table, relname: `${table.relname}_next` });
      yield {
        at: constraint.location,
        message:
          'its index is built and every row compared while nobody can use the table; it can neither be NOT VALID nor take an index',
        locks: [lock('ACCESS EXCLUSIVE', target)],
        lasts: 'table-size',
        safe: [
          inTransaction(
            `-- on a table of a few thousand rows it takes a moment: allow it with that reason. Otherwise:`,
            `CREATE TABLE ${next} (LIKE ${target} INCLUDING ALL)`,
            `ALTER TABLE ${next} ADD ${print.node({ Constraint: constraint })}`,
            `-- write to both, copy the rows in batches, then let the code read ${next}`,
          ),
        ],
      };
    }
  },
};
