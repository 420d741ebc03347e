import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

const renamed = new Set<string | undefined>(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE']);

export const renameColumn: Rule = {
  name: 'rename-column',
  summary: 'A renamed column breaks the code that runs: the old name is gone before the new code is there',
  *check({ node }, { known, print }) {
    if (!('RenameStmt' in node) || node.RenameStmt.renameType !== 'OBJECT_COLUMN') return;
    const { relation, subname = '', newname = '', relationType } = node.RenameStmt;
    if (!renamed.has(relationType) || known.isNewTable(relation)) return;
    const [target, from, to] = [print.table(relation), print.name(subname), print.name(newname)];
    yield {
      message: `running code that uses ${from} fails from here on, and code that uses ${to} failed until here`,
      locks: [lock('ACCESS EXCLUSIVE', target)],
      blocks: 'code that uses the old name',
      lasts: 'until-deployed',
      safe: [
        inTransaction(
          '-- better keep the name in the database and use the new one in the code. Otherwise, in several releases:',
          `-- ALTER TABLE ${target} ADD COLUMN ${to} <type of ${from}>, a trigger that copies ${from} to it, a backfill,`,
          `-- code that uses ${to}, and then: ALTER TABLE ${target} DROP COLUMN ${from}`,
        ),
      ],
    };
  },
};
