import { alterations } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const dropNotNull: Rule = {
  name: 'drop-not-null',
  summary: 'A column that may become NULL breaks the code that runs and does not expect it',
  *check({ node }, { known, print }) {
    for (const { table, command } of alterations(node)) {
      if (command.subtype !== 'AT_DropNotNull' || known.isNewTable(table)) continue;
      const [name, target] = [print.name(command.name ?? ''), print.table(table)];
      yield {
        message: `running code that reads ${name} may meet NULL, which it was promised not to`,
        locks: [lock('ACCESS EXCLUSIVE', target)],
        blocks: 'code that cannot read NULL',
        lasts: 'until-deployed',
        safe: [
          inTransaction(
            '-- after the release that can read NULL, with: -- lint: allow drop-not-null because <release> reads NULL',
            `ALTER TABLE ${target} ALTER COLUMN ${name} DROP NOT NULL`,
          ),
        ],
      };
    }
  },
};
