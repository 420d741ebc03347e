import type { Rule } from '../rule.ts';

const begins = new Set<string | undefined>(['TRANS_STMT_BEGIN', 'TRANS_STMT_START']);
const ends = new Set<string | undefined>(['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_PREPARE']);

export const transactionControl: Rule = {
  name: 'transaction-control',
  summary: 'BEGIN and COMMIT in a migration end, nest or leave open a transaction',
  *check({ node }, { known }) {
    const kind = 'TransactionStmt' in node ? node.TransactionStmt.kind : undefined;
    const isBegin = begins.has(kind);
    if (!isBegin && !ends.has(kind)) return;
    const message = known.isFileTransaction
      ? isBegin
        ? 'the migration is in a transaction already'
        : 'this would end the transaction of the migration before the migration is recorded'
      : isBegin && known.hasOpenTransaction
        ? 'a transaction is open already'
        : !isBegin && !known.hasOpenTransaction
          ? 'no transaction is open here'
          : undefined;
    if (message === undefined) return;
    yield { message, blocks: 'the migration itself: half of it may stay', lasts: 'does-not-run' };
  },
};
