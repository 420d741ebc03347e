import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const refreshView: Rule = {
  name: 'refresh-view',
  summary: 'REFRESH MATERIALIZED VIEW without CONCURRENTLY stops its readers while the query runs',
  *check({ node }, { known, print }) {
    if (!('RefreshMatViewStmt' in node)) return;
    const { relation, concurrent, skipData } = node.RefreshMatViewStmt;
    if (concurrent || skipData || known.isNewTable(relation)) return;
    const target = print.table(relation);
    yield {
      message: 'nobody can read the view while its query runs',
      locks: [lock('ACCESS EXCLUSIVE', target)],
      lasts: 'table-size',
      safe: [
        inTransaction(
          '-- needs a UNIQUE index on the view, on columns and for all rows',
          `REFRESH MATERIALIZED VIEW CONCURRENTLY ${target}`,
        ),
      ],
    };
  },
};
