import { addColumnWithout } from '../add-column-without.ts';
import { addedConstraints } from '../alterations.ts';
import { defaultName } from '../printer.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const addCheck: Rule = {
  name: 'add-check',
  summary: 'A CHECK added without NOT VALID reads the whole table',
  *check({ node }, { known, print }) {
    for (const { table, constraint, column } of addedConstraints(node)) {
      if (constraint.contype !== 'CONSTR_CHECK' || constraint.skip_validation || known.isNewTable(table)) continue;
      if (constraint.is_enforced !== true) continue;
      const target = print.table(table);
      const conname =
        constraint.conname ?? defaultName(table.relname, column === undefined ? [] : [column.colname], 'check');
      const notValid = print.node({
        Constraint: { ...constraint, conname, skip_validation: true, initially_valid: false },
      });
      const added = addColumnWithout(constraint, column, target, print);
      yield {
        at: constraint.location,
        message: 'every row of the table is checked at once',
        locks: [lock('ACCESS EXCLUSIVE', target)],
        lasts: 'table-size',
        safe: [
          inTransaction(...added, `ALTER TABLE ${target} ADD ${notValid}`),
          inTransaction(`ALTER TABLE ${target} VALIDATE CONSTRAINT ${print.name(conname)}`),
        ],
      };
    }
  },
};
