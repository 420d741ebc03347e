import type { Rule } from '../rule.ts';

export const wideIndex: Rule = {
  name: 'wide-index',
  summary: 'An index of more than three columns that is not unique seldom pays for itself',
  *check({ node }) {
    if (!('IndexStmt' in node)) return;
    const { indexParams = [], unique, accessMethod } = node.IndexStmt;
    // BRIN, GIN and bloom find by any of their columns.
    if (indexParams.length <= 3 || unique || (accessMethod !== undefined && accessMethod !== 'btree')) return;
    yield {
      message: `${indexParams.length} columns: each write pays for all, and queries seldom use more than the first that narrow down most`,
      blocks: 'nobody: it costs disk and every write',
      lasts: 'lasting',
    };
  },
};
