import type { Rule } from '../rule.ts';
import { lock, withoutTransaction } from '../steps.ts';

export const reindex: Rule = {
  name: 'reindex',
  summary: 'REINDEX without CONCURRENTLY stops writes, and reads that would use the index',
  *check({ node }, { known, print }) {
    if (!('ReindexStmt' in node)) return;
    const { kind, relation, params = [], name } = node.ReindexStmt;
    const isConcurrent = params.some((one) => 'DefElem' in one && one.DefElem.defname === 'concurrently');
    // The catalogues can't be rebuilt concurrently.
    if (isConcurrent || kind === 'REINDEX_OBJECT_SYSTEM' || known.isNewTable(relation)) return;
    const target = relation === undefined ? `every table of ${name ?? 'the database'}` : print.table(relation);
    const concurrently = { DefElem: { defname: 'concurrently', defaction: 'DEFELEM_UNSPEC' as const } };
    yield {
      message: 'nobody can write to the table while the index is rebuilt, nor read by way of it',
      locks: [lock('SHARE', target)],
      lasts: 'table-size',
      safe: [
        withoutTransaction(
          print.statement({ ReindexStmt: { ...node.ReindexStmt, params: [...params, concurrently] } }) ??
            '-- the same statement with CONCURRENTLY',
        ),
      ],
    };
  },
};
