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
      if (!known.isValidatedNotNull(table, command.name)) yield report(table, command.name ?? '', undefined, context);
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
