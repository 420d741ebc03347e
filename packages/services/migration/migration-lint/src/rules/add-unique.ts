import { addedConstraints } from '../alterations.ts';
import { keyByParts } from '../part-by-part.ts';
import type { Rule } from '../rule.ts';
import { lock } from '../steps.ts';
import { throughIndex } from '../through-index.ts';

export const addUnique: Rule = {
  name: 'add-unique',
  summary: 'A UNIQUE constraint builds its index with the table locked unless it takes one that is there',
  *check({ node }, { known, print }) {
    for (const added of addedConstraints(node)) {
      const { table, constraint } = added;
      if (known.isPartitioned(table) && table.inh !== true) continue;
      if (constraint.contype !== 'CONSTR_UNIQUE' || constraint.indexname !== undefined || known.isNewTable(table))
        continue;
      const target = print.table(table);
      yield {
        at: constraint.location,
        message: 'the index of the constraint is built while nobody can use the table',
        locks: [lock('ACCESS EXCLUSIVE', target)],
        lasts: 'table-size',
        safe: known.isPartitioned(table) ? keyByParts(added, print) : throughIndex(added, print),
      };
    }
  },
};
