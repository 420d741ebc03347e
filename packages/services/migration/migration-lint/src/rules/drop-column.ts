import { alterations } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const dropColumn: Rule = {
  name: 'drop-column',
  summary: 'A dropped column breaks the code that runs until the new release is everywhere',
  *check({ node }, { known, print }) {
    for (const { table, command } of alterations(node)) {
      if (command.subtype !== 'AT_DropColumn' || known.isNewTable(table)) continue;
      const target = print.table(table);
      yield {
        message: `running code that names ${print.name(command.name ?? '')}, or says SELECT * or INSERT without names, fails; its data is gone`,
        locks: [lock('ACCESS EXCLUSIVE', target)],
        blocks: 'code that still uses the column',
        lasts: 'until-deployed',
        safe: [
          inTransaction(
            '-- after the release that no longer uses it, with: -- lint: allow drop-column because <release> no longer uses it',
            `ALTER TABLE ${target} DROP COLUMN IF EXISTS ${print.name(command.name ?? '')}`,
          ),
        ],
      };
    }
  },
};
