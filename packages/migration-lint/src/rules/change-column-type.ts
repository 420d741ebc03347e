import { alterations } from '../alterations.ts';
import { defaultName } from '../printer.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const changeColumnType: Rule = {
  name: 'change-column-type',
  summary: 'A change of a column type rewrites the table and its indexes, and breaks code that expects the old one',
  *check({ node }, { known, print }) {
    for (const { table, command } of alterations(node)) {
      if (command.subtype !== 'AT_AlterColumnType' || known.isNewTable(table)) continue;
      const definition = command.def !== undefined && 'ColumnDef' in command.def ? command.def.ColumnDef : {};
      const [name, target] = [print.name(command.name ?? ''), print.table(table)];
      const next = print.name(`${command.name}_next`);
      const type = print.node({ TypeName: definition.typeName ?? {} });
      const value = definition.raw_default === undefined ? `${name}::${type}` : print.node(definition.raw_default);
      const sync = print.name(defaultName(table.relname, [command.name], 'sync'));
      yield {
        at: definition.location,
        message: `the table and every index on ${name} are rewritten; only a longer varchar, varchar to text and a few more are not`,
        locks: [lock('ACCESS EXCLUSIVE', target)],
        lasts: 'table-size',
        safe: [
          inTransaction(
            `ALTER TABLE ${target} ADD COLUMN ${next} ${type}`,
            `CREATE FUNCTION ${sync}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.${next} := NEW.${name}; RETURN NEW; END $$`,
            `CREATE TRIGGER ${sync} BEFORE INSERT OR UPDATE ON ${target} FOR EACH ROW EXECUTE FUNCTION ${sync}()`,
          ),
          inTransaction(
            `-- fill the rows there were in batches: UPDATE ${target} SET ${next} = ${value} WHERE <key> > <last> AND ${next} IS NULL`,
            `-- then let the code use ${next}, and drop ${name} and the trigger in a later release`,
          ),
        ],
      };
    }
  },
};
