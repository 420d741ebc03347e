import { strings } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { lock, withoutTransaction } from '../steps.ts';

export const dropIndex: Rule = {
  name: 'drop-index',
  summary: 'DROP INDEX without CONCURRENTLY waits for every query on the table, and stops all that come after',
  *check({ node }, { known, print }) {
    if (!('DropStmt' in node) || node.DropStmt.removeType !== 'OBJECT_INDEX' || node.DropStmt.concurrent) return;
    const names = (node.DropStmt.objects ?? []).map((object) =>
      strings('List' in object ? object.List.items : [object]),
    );
    const old = names.filter((name) => !known.isIndexOfNewTable(name.at(-1) ?? ''));
    if (old.length === 0) return;
    const shown = old.map((name) => name.map(print.name).join('.'));
    yield {
      message: `the table of ${shown.join(', ')} is locked until it is gone`,
      locks: shown.map((name) => lock('ACCESS EXCLUSIVE', `the table of ${name}`)),
      lasts: 'moment',
      // CONCURRENTLY takes one index a statement.
      safe: [withoutTransaction(...shown.map((name) => `DROP INDEX CONCURRENTLY IF EXISTS ${name}`))],
    };
  },
};
