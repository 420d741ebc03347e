import type { IndexStmt } from 'libpg-query';
import { indexByParts } from '../part-by-part.ts';
import { defaultName } from '../printer.ts';
import type { Rule } from '../rule.ts';
import { lock, withoutTransaction } from '../steps.ts';

export const createIndex: Rule = {
  name: 'create-index',
  summary: 'CREATE INDEX without CONCURRENTLY stops all writes while it is built',
  *check({ node }, { known, print }) {
    if (!('IndexStmt' in node)) return;
    const { relation, indexParams, unique = false, concurrent } = node.IndexStmt;
    const isPartitioned = known.isPartitioned(relation);
    if (isPartitioned ? isOnlyMark(node.IndexStmt) : concurrent) return;
    if (!concurrent && known.isNewTable(relation)) return;
    const columns = (indexParams ?? []).map((one) => ('IndexElem' in one ? (one.IndexElem.name ?? 'expr') : ''));
    const idxname = node.IndexStmt.idxname ?? defaultName(relation?.relname, columns, unique ? 'key' : 'idx');
    const target = print.table(relation);
    if (isPartitioned) {
      const safe = indexByParts(node.IndexStmt, idxname, print);
      yield concurrent
        ? {
            level: 'error',
            message: `${target} is partitioned: its index cannot be built concurrently`,
            blocks: 'the migration itself: it fails here',
            lasts: 'does-not-run',
            safe,
          }
        : {
            message: 'nobody can write to the table and its partitions while their indexes are built',
            locks: [lock('SHARE', target)],
            lasts: 'table-size',
            safe,
          };
      return;
    }
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

/** ON ONLY a partitioned table builds nothing. */
function isOnlyMark({ relation, concurrent }: IndexStmt): boolean {
  return relation?.inh !== true && !concurrent;
}
