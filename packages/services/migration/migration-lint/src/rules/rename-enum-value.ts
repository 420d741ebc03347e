import { strings } from '../alterations.ts';
import { dotted } from '../paths.ts';
import type { Rule } from '../rule.ts';
import { inTransaction } from '../steps.ts';

export const renameEnumValue: Rule = {
  name: 'rename-enum-value',
  summary: 'A renamed enum value breaks the code that runs and compares or writes the old one',
  *check({ node }, { known, print }) {
    if (!('AlterEnumStmt' in node) || node.AlterEnumStmt.oldVal === undefined) return;
    const { typeName, oldVal, newVal = '' } = node.AlterEnumStmt;
    if (known.isNew('type', dotted(typeName))) return;
    const [type, from, to] = [strings(typeName).map(print.name).join('.'), text(oldVal), text(newVal)];
    yield {
      message: `running code that writes or compares ${from} fails from here on`,
      blocks: 'code that uses the old value',
      lasts: 'until-deployed',
      safe: [
        inTransaction(`ALTER TYPE ${type} ADD VALUE IF NOT EXISTS ${to} AFTER ${from}`),
        inTransaction(`-- let the code read both and write ${to}, then change the rows in batches`),
      ],
    };
  },
};

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
