import type { Rule } from '../rule.ts';
import { inTransaction } from '../steps.ts';

export const renameSchema: Rule = {
  name: 'rename-schema',
  summary: 'A renamed schema breaks the code that runs',
  *check({ node }, { known, print }) {
    if (!('RenameStmt' in node) || node.RenameStmt.renameType !== 'OBJECT_SCHEMA') return;
    const { subname = '', newname = '' } = node.RenameStmt;
    if (known.isNew('schema', subname)) return;
    yield {
      message: `running code that uses ${print.name(subname)}, in a query or a search_path, fails from here on`,
      blocks: 'code that uses the old name',
      lasts: 'until-deployed',
      safe: [
        inTransaction(
          `CREATE SCHEMA ${print.name(newname)}`,
          `-- then move one table after the other, with a view left behind (rule rename-table)`,
        ),
      ],
    };
  },
};
