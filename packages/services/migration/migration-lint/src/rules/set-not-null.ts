import { serverHas } from '@opsgraph/postgres/server-features';
import type { RangeVar } from 'libpg-query';
import { addedConstraints, alterations, strings } from '../alterations.ts';
import type { Report } from '../finding.ts';
import { defaultName } from '../printer.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const setNotNull: Rule = {
  name: 'set-not-null',
  summary: 'SET NOT NULL reads the whole table unless a validated constraint proves it already',
  *check({ node }, context) {
    const { known } = context;
    for (const { table, command } of alterations(node)) {
      if (command.subtype !== 'AT_SetNotNull' || known.isNewTable(table)) continue;
      const column = known.columns.get(table, command.name);
      if (column?.isNotNull || column?.isProvenNotNull || known.isValidatedNotNull(table, command.name)) continue;
      const found = report(table, command.name ?? '', undefined, context);
      yield column?.wasNotNull ? { ...found, safe: [asItWas] } : found;
    }
    for (const { table, constraint, column } of addedConstraints(node)) {
      const isAlone = column === undefined && constraint.contype === 'CONSTR_NOTNULL';
      const [name = ''] = strings(constraint.keys);
      if (!isAlone || constraint.skip_validation || known.isNewTable(table) || known.isValidatedNotNull(table, name))
        continue;
      yield report(table, name, constraint.location, context);
    }
  },
};

/** What knex's .alter() does to a column that is to stay as it is. */
const asItWas = inTransaction(
  '-- it was NOT NULL before: leave out both DROP NOT NULL and SET NOT NULL; in knex .alter({ alterNullable: false })',
);

function report(table: RangeVar, column: string, at: number | undefined, { print, version }: RuleContext): Report {
  const [name, target] = [print.name(column), print.table(table)];
  const constraint = print.name(defaultName(table.relname, [column], 'not_null'));
  return {
    at,
    message: `the whole table is read to see that ${name} has no NULL`,
    locks: [lock('ACCESS EXCLUSIVE', target)],
    lasts: 'table-size',
    safe: serverHas(version, 'NOT NULL constraints')
      ? [
          inTransaction(`ALTER TABLE ${target} ADD CONSTRAINT ${constraint} NOT NULL ${name} NOT VALID`),
          inTransaction(`ALTER TABLE ${target} VALIDATE CONSTRAINT ${constraint}`),
        ]
      : [
          inTransaction(`ALTER TABLE ${target} ADD CONSTRAINT ${constraint} CHECK (${name} IS NOT NULL) NOT VALID`),
          inTransaction(`ALTER TABLE ${target} VALIDATE CONSTRAINT ${constraint}`),
          inTransaction(
            `-- no scan: the validated constraint proves it`,
            `ALTER TABLE ${target} ALTER COLUMN ${name} SET NOT NULL`,
            `ALTER TABLE ${target} DROP CONSTRAINT ${constraint}`,
          ),
        ],
  };
}
