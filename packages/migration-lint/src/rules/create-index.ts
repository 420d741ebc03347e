import { defaultName } from '../printer.ts';
import type { Rule } from '../rule.ts';
import { lock, withoutTransaction } from '../steps.ts';

export const createIndex: Rule = {
  name: 'create-index',
  summary: 'CREATE INDEX without CONCURRENTLY stops all writes while it is built',
  *check({ node }, { known, print }) {
    if (!('IndexStmt' in node) || node.IndexStmt.concurrent || known.isNewTable(node.IndexStmt.relation)) return;
    const { relation, indexParams, unique } = node.IndexStmt;
    const columns = (indexParams ?? []).map((one) => ('IndexElem' in one ? (one.IndexElem.name ?? 'expr') : ''));
    const idxname = node.IndexStmt.idxname ?? defaultName(relation?.relname, columns, unique ? 'key' : 'idx');
    const target = print.table(relation);
    yield {
      message: 'nobody can write to the table while the index is built',
      locks: [lock('SHARE', target)],
      lasts: 'table-size',
      safe: [
        withoutTransaction(
          print.statement({ IndexStmt: { ...node.IndexStmt, idxname, concurrent: true, if_not_exists: true } }) ??
            '-- the same statement with CONCURRENTLY IF NOT EXISTS',
        ),
      ],
    };
  },
};
