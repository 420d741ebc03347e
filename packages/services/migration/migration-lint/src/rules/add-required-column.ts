import { addedColumns } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { inTransaction } from '../steps.ts';
import { serialBase } from '../types.ts';

/** What gives a value to rows that don't say one. */
const fillers = new Set<string | undefined>(['CONSTR_DEFAULT', 'CONSTR_GENERATED', 'CONSTR_IDENTITY']);

export const addRequiredColumn: Rule = {
  name: 'add-required-column',
  summary: 'A NOT NULL column without a default fails on a table with rows, and then for every old INSERT',
  *check({ node }, { known, print }) {
    for (const { table, column, constraints } of addedColumns(node)) {
      const isRequired = constraints.some(({ contype }) => contype === 'CONSTR_NOTNULL');
      const isFilled =
        constraints.some(({ contype }) => fillers.has(contype)) || serialBase(column.typeName) !== undefined;
      if (known.isNewTable(table) || !isRequired || isFilled) continue;
      const target = print.table(table);
      yield {
        at: column.location,
        message: `${print.name(column.colname ?? '')} has no value for the rows there are: this fails when the table has any, and INSERTs of running code that don't name it fail afterwards`,
        blocks: 'INSERTs of running code',
        lasts: 'until-deployed',
        safe: [
          inTransaction(
            `-- with a constant default no row is touched, and old INSERTs keep working`,
            `ALTER TABLE ${target} ADD COLUMN ${print.name(column.colname ?? '')} ${print.node({ TypeName: column.typeName ?? {} })}`,
            `-- fill it, then SET NOT NULL by way of a validated constraint (rule set-not-null)`,
          ),
        ],
      };
    }
  },
};
