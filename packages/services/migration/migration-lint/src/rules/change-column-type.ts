import { alterations } from '../alterations.ts';
import { columnType, isPlainCast, isSameType, keepsRows } from '../column-type.ts';
import type { KnownColumn } from '../columns.ts';
import type { Report } from '../finding.ts';
import { defaultName } from '../printer.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const changeColumnType: Rule = {
  name: 'change-column-type',
  summary: 'A change of a column type rewrites the table and its indexes, and breaks code that expects the old one',
  *check({ node }, { known, print, isUtc }) {
    for (const { table, command } of alterations(node)) {
      if (command.subtype !== 'AT_AlterColumnType' || known.isNewTable(table)) continue;
      const definition = command.def !== undefined && 'ColumnDef' in command.def ? command.def.ColumnDef : {};
      const [name, target] = [print.name(command.name ?? ''), print.table(table)];
      const column = known.columns.get(table, command.name);
      const [from, to] = [column?.type, columnType(definition.typeName)];
      if (column !== undefined && from !== undefined && to !== undefined)
        if (isPlainCast(command.name, definition) && keepsRows(from, to, known.isUtc ?? isUtc)) {
          const cost = costWithoutRewrite(column, definition.collClause !== undefined);
          if (cost !== undefined) yield madeAgain(name, target, cost, isSameType(from, to), definition.location);
          continue;
        }
      const next = print.name(`${command.name}_next`);
      const type = print.node({ TypeName: definition.typeName ?? {} });
      const value = definition.raw_default === undefined ? `${name}::${type}` : print.node(definition.raw_default);
      const sync = print.name(defaultName(table.relname, [command.name], 'sync'));
      yield {
        at: definition.location,
        message:
          from === undefined
            ? `the table and every index on ${name} are rewritten, unless it has that type already; only a longer varchar, varchar to text and a few more are not`
            : `the table and every index on ${name} are rewritten`,
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

/** What ALTER … TYPE makes again though every row stays as it is: also for the type that the column has. */
function costWithoutRewrite(column: KnownColumn, keepsCollation: boolean): string | undefined {
  if (column.isChecked) return 'a CHECK that is about it is made again, and every row is read for that';
  if (column.isInBuiltIndex) return 'an index with an expression or a condition that has it is built again';
  if (column.isCollated && !keepsCollation) return 'it gets the collation of its type, and its indexes are built again';
  return undefined;
}

function madeAgain(name: string, target: string, cost: string, isSame: boolean, at: number | undefined): Report {
  return {
    at,
    message: `no row is rewritten, but ${cost}`,
    locks: [lock('ACCESS EXCLUSIVE', target)],
    lasts: 'table-size',
    safe: isSame
      ? [inTransaction(`-- ${name} has that type already: leave it out; in knex .alter({ alterType: false })`)]
      : [
          inTransaction(
            '-- on a table of a few thousand rows it takes a moment: allow it with that reason. Otherwise drop the CHECK or index before,',
            '-- and add it again afterwards: as NOT VALID and validated, or CONCURRENTLY, each in a migration of its own',
          ),
        ],
  };
}
