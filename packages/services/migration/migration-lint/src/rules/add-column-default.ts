import { addedColumns } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';
import { findVolatile } from '../volatile.ts';

export const addColumnDefault: Rule = {
  name: 'add-column-default',
  summary: 'A column added with a default that differs from row to row rewrites the table',
  *check({ node }, { known, print }) {
    for (const { table, column, constraints } of addedColumns(node)) {
      const given = constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT');
      const culprit = findVolatile(given?.raw_expr);
      if (known.isNewTable(table) || given?.raw_expr === undefined || culprit === undefined) continue;
      const [name, target] = [print.name(column.colname ?? ''), print.table(table)];
      const expression = print.node(given.raw_expr);
      const rest = constraints.filter(({ contype }) => contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN');
      const isRequired = constraints.some(({ contype }) => contype === 'CONSTR_NOTNULL');
      yield {
        at: given.location,
        message: `the default calls ${culprit}(), which may give another value for each row: the whole table is rewritten`,
        locks: [lock('ACCESS EXCLUSIVE', target)],
        lasts: 'table-size',
        safe: [
          inTransaction(
            `ALTER TABLE ${target} ADD COLUMN ${name} ${print.node({ TypeName: column.typeName ?? {} })}`,
            `ALTER TABLE ${target} ALTER COLUMN ${name} SET DEFAULT ${expression}`,
          ),
          inTransaction(
            `-- fill the rows there were in batches: UPDATE ${target} SET ${name} = ${expression} WHERE <key> > <last> AND ${name} IS NULL`,
            ...(isRequired ? [`-- then SET NOT NULL by way of a validated constraint (rule set-not-null)`] : []),
            ...(rest.length > 0 ? ['-- then its constraints as NOT VALID, and validate them'] : []),
          ),
        ],
      };
    }
  },
};
