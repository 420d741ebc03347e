import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

const words = new Map<string | undefined, string>([
  ['OBJECT_TABLE', 'TABLE'],
  ['OBJECT_VIEW', 'VIEW'],
  ['OBJECT_MATVIEW', 'MATERIALIZED VIEW'],
  ['OBJECT_FOREIGN_TABLE', 'FOREIGN TABLE'],
]);

export const renameTable: Rule = {
  name: 'rename-table',
  summary: 'A table or view that gets another name or schema breaks the code that runs',
  *check({ node }, { known, print }) {
    const moved =
      'RenameStmt' in node ? node.RenameStmt : 'AlterObjectSchemaStmt' in node ? node.AlterObjectSchemaStmt : undefined;
    if (moved === undefined) return;
    const word = words.get(
      'renameType' in moved ? moved.renameType : 'objectType' in moved ? moved.objectType : undefined,
    );
    const { relation } = moved;
    if (word === undefined || known.isNewTable(relation)) return;
    const target = print.table(relation);
    const after =
      'newname' in moved
        ? print.table({ ...relation, relname: moved.newname ?? '' })
        : print.table({ ...relation, schemaname: ('newschema' in moved ? moved.newschema : undefined) ?? '' });
    const alter =
      'newname' in moved
        ? `ALTER ${word} ${target} RENAME TO ${print.name(moved.newname ?? '')}`
        : `ALTER ${word} ${target} SET SCHEMA ${print.name(('newschema' in moved ? moved.newschema : undefined) ?? '')}`;
    yield {
      message: `running code that uses ${target} fails from here on`,
      locks: [lock('ACCESS EXCLUSIVE', target)],
      blocks: 'code that uses the old name',
      lasts: 'until-deployed',
      safe: [
        inTransaction(
          '-- a view keeps the old name alive for reads and simple writes; drop it when no code uses it any more',
          `-- lint: allow rename-table because a view takes the old name in the same transaction`,
          alter,
          `CREATE VIEW ${target} AS SELECT * FROM ${after}`,
        ),
      ],
    };
  },
};
