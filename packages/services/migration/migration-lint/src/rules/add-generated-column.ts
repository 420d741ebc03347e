import { serverHas } from '@opsgraph/postgres/server-features';
import { addedColumns } from '../alterations.ts';
import { defaultName } from '../printer.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const addGeneratedColumn: Rule = {
  name: 'add-generated-column',
  summary: 'A stored generated column added to a table rewrites it',
  *check({ node }, { known, print, version }) {
    for (const { table, column, constraints } of addedColumns(node)) {
      const generated = constraints.find(({ contype }) => contype === 'CONSTR_GENERATED');
      // 'v': computed when it is read (PostgreSQL 18); nothing is written.
      if (known.isNewTable(table) || generated?.raw_expr === undefined || generated.generated_kind === 'v') continue;
      const [name, target] = [print.name(column.colname ?? ''), print.table(table)];
      const type = print.node({ TypeName: column.typeName ?? {} });
      const expression = print.node(generated.raw_expr);
      const fill = print.name(defaultName(table.relname, [column.colname], 'fill'));
      yield {
        at: generated.location,
        message: 'a stored generated column is computed for every row at once: the whole table is rewritten',
        locks: [lock('ACCESS EXCLUSIVE', target)],
        lasts: 'table-size',
        safe: [
          serverHas(version, 'VIRTUAL generated columns')
            ? inTransaction(
                `ALTER TABLE ${target} ADD COLUMN ${name} ${type} GENERATED ALWAYS AS (${expression}) VIRTUAL`,
              )
            : inTransaction(
                `ALTER TABLE ${target} ADD COLUMN ${name} ${type}`,
                `-- in the function, write NEW. before each column of the expression: ${expression}`,
                `CREATE FUNCTION ${fill}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.${name} := NULL; RETURN NEW; END $$`,
                `CREATE TRIGGER ${fill} BEFORE INSERT OR UPDATE ON ${target} FOR EACH ROW EXECUTE FUNCTION ${fill}()`,
                `-- then fill the rows there were in batches`,
              ),
        ],
      };
    }
  },
};
