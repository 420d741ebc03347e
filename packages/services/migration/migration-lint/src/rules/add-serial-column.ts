import { addedColumns } from '../alterations.ts';
import { defaultName } from '../printer.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';
import { serialBase } from '../types.ts';

export const addSerialColumn: Rule = {
  name: 'add-serial-column',
  summary: 'A serial or identity column added to a table rewrites it',
  *check({ node }, { known, print }) {
    for (const { table, column, constraints } of addedColumns(node)) {
      const isIdentity = constraints.some(({ contype }) => contype === 'CONSTR_IDENTITY');
      if (known.isNewTable(table) || (!isIdentity && serialBase(column.typeName) === undefined)) continue;
      const [name, target] = [print.name(column.colname ?? ''), print.table(table)];
      const sequence = print.table({ ...table, relname: defaultName(table.relname, [column.colname], 'seq') });
      yield {
        at: column.location,
        message: `every row gets a number of its own at once: the whole table is rewritten`,
        locks: [lock('ACCESS EXCLUSIVE', target)],
        lasts: 'table-size',
        safe: [
          inTransaction(
            `ALTER TABLE ${target} ADD COLUMN ${name} bigint`,
            `CREATE SEQUENCE ${sequence} OWNED BY ${target}.${name}`,
            `ALTER TABLE ${target} ALTER COLUMN ${name} SET DEFAULT nextval('${sequence.replaceAll("'", "''")}')`,
          ),
          inTransaction(
            `-- fill the rows there were in batches: UPDATE ${target} SET ${name} = nextval(…) WHERE <key> > <last> AND ${name} IS NULL`,
            '-- then SET NOT NULL by way of a validated constraint (rule set-not-null)',
          ),
        ],
      };
    }
  },
};
