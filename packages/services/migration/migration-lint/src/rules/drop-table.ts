import { strings } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

const kinds = new Map<string | undefined, 'table' | 'schema'>([
  ['OBJECT_TABLE', 'table'],
  ['OBJECT_FOREIGN_TABLE', 'table'],
  ['OBJECT_SCHEMA', 'schema'],
]);

export const dropTable: Rule = {
  name: 'drop-table',
  summary: 'A dropped table or schema breaks the code that runs, and its rows are gone',
  *check({ node }, { known, print }) {
    const kind = 'DropStmt' in node ? kinds.get(node.DropStmt.removeType) : undefined;
    if (!('DropStmt' in node) || kind === undefined) return;
    for (const object of node.DropStmt.objects ?? []) {
      const parts = strings('List' in object ? object.List.items : [object]);
      const [relname, schemaname] = parts.toReversed();
      const isNew =
        kind === 'table'
          ? known.isNewTable({ relname: relname ?? '', ...(schemaname !== undefined && { schemaname }) })
          : known.isNew('schema', relname ?? '');
      if (isNew) continue;
      const target = parts.map(print.name).join('.');
      const isCascade = node.DropStmt.behavior === 'DROP_CASCADE';
      yield {
        message: `running code that uses ${target} fails, its rows are gone${isCascade ? ', and CASCADE takes what depends on it along' : ''}`,
        locks: kind === 'table' ? [lock('ACCESS EXCLUSIVE', target)] : [],
        blocks: `code that still uses the ${kind}`,
        lasts: 'until-deployed',
        safe: [
          inTransaction(
            `-- after the release that no longer uses it, and a backup, with: -- lint: allow drop-table because <release> no longer uses it`,
            `DROP ${kind === 'schema' ? 'SCHEMA' : 'TABLE'} IF EXISTS ${target}`,
          ),
        ],
      };
    }
  },
};
