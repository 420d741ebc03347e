import type { Node } from 'libpg-query';
import { alterations } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { withoutTransaction } from '../steps.ts';

export const concurrentlyInTransaction: Rule = {
  name: 'concurrently-in-transaction',
  summary: 'A migration that runs in a transaction has a statement that cannot',
  *check({ node, inTransaction, text }) {
    const what = outsideOnly(node);
    if (what === undefined || !inTransaction) return;
    yield {
      level: 'error',
      message: `${what} cannot run in a transaction, and this migration is one`,
      blocks: 'the migration itself: it fails here',
      lasts: 'does-not-run',
      safe: [withoutTransaction(text.replace(/;\s*$/, ''))],
    };
  },
};

function outsideOnly(node: Node): string | undefined {
  if ('IndexStmt' in node && node.IndexStmt.concurrent) return 'CREATE INDEX CONCURRENTLY';
  if ('DropStmt' in node && node.DropStmt.concurrent) return 'DROP INDEX CONCURRENTLY';
  if ('ReindexStmt' in node) {
    const { kind, params } = node.ReindexStmt;
    if (params?.some((one) => 'DefElem' in one && one.DefElem.defname === 'concurrently'))
      return 'REINDEX CONCURRENTLY';
    if (kind !== 'REINDEX_OBJECT_INDEX' && kind !== 'REINDEX_OBJECT_TABLE') return 'REINDEX of a schema or database';
  }
  for (const { command } of alterations(node)) {
    const { def } = command;
    if (
      command.subtype === 'AT_DetachPartition' &&
      def !== undefined &&
      'PartitionCmd' in def &&
      def.PartitionCmd.concurrent
    )
      return 'DETACH PARTITION … CONCURRENTLY';
  }
  if ('VacuumStmt' in node && node.VacuumStmt.is_vacuumcmd) return 'VACUUM';
  if ('ClusterStmt' in node && node.ClusterStmt.relation === undefined) return 'CLUSTER of all tables';
  if ('CreatedbStmt' in node) return 'CREATE DATABASE';
  if ('DropdbStmt' in node) return 'DROP DATABASE';
  if ('AlterSystemStmt' in node) return 'ALTER SYSTEM';
  if ('CreateTableSpaceStmt' in node) return 'CREATE TABLESPACE';
  if ('DropTableSpaceStmt' in node) return 'DROP TABLESPACE';
  return undefined;
}
