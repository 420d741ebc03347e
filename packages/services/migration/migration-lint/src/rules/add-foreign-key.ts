import { serverHas } from '@opsgraph/postgres/server-features';
import { addColumnWithout } from '../add-column-without.ts';
import { addedConstraints, columnConstraints, strings } from '../alterations.ts';
import { foreignKeyByParts } from '../part-by-part.ts';
import { defaultName } from '../printer.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const addForeignKey: Rule = {
  name: 'add-foreign-key',
  summary: 'A foreign key added without NOT VALID stops writes to both tables',
  *check({ node }, { known, print, version }) {
    for (const { table, constraint, column } of addedConstraints(node)) {
      if (constraint.contype !== 'CONSTR_FOREIGN' || constraint.skip_validation || known.isNewTable(table)) continue;
      if (constraint.is_enforced !== true) continue;
      const [target, referenced] = [print.table(table), print.table(constraint.pktable)];
      const keys = column === undefined ? strings(constraint.fk_attrs) : [column.colname ?? ''];
      const conname = constraint.conname ?? defaultName(table.relname, keys, 'fkey');
      const named = { ...constraint, conname, fk_attrs: keys.map((sval) => ({ String: { sval } })) };
      const notValid = print.node({ Constraint: { ...named, skip_validation: true, initially_valid: false } });
      const mustGoByParts =
        known.isPartitioned(table) && !serverHas(version, 'NOT VALID foreign keys of partitioned tables');
      // A new column without a default is NULL everywhere: PostgreSQL knows that nothing is to be checked.
      const isEmpty =
        column !== undefined && !columnConstraints(column).some(({ contype }) => contype === 'CONSTR_DEFAULT');
      const added = addColumnWithout(constraint, column, target, print);
      yield {
        at: constraint.location,
        message: isEmpty
          ? `both ${target} and ${referenced} are locked, until the transaction ends (no row is read: the column is new)`
          : `every row of ${target} is looked up in ${referenced}, with both locked`,
        locks: [
          lock(column === undefined ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE', target),
          ...(referenced === target ? [] : [lock('SHARE ROW EXCLUSIVE', referenced)]),
        ],
        lasts: isEmpty ? 'transaction-end' : 'table-size',
        safe: [
          ...(added.length === 0 ? [] : [inTransaction(...added)]),
          ...(mustGoByParts
            ? foreignKeyByParts(target, print.name(conname), notValid, print.node({ Constraint: named }))
            : [
                inTransaction(`ALTER TABLE ${target} ADD ${notValid}`),
                inTransaction(`ALTER TABLE ${target} VALIDATE CONSTRAINT ${print.name(conname)}`),
              ]),
        ],
      };
    }
  },
};
