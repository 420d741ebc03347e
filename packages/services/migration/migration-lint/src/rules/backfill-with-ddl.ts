import { massWrite } from '../mass-write.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const backfillWithDdl: Rule = {
  name: 'backfill-with-ddl',
  summary: 'Rows are changed in a transaction that has locked a table, and keeps it locked until they are done',
  *check({ node, text }, { known, print }) {
    const write = massWrite(node, known);
    if (write === undefined || known.locksHeld.length === 0) return;
    yield {
      message: `the transaction has locked ${known.locksHeld.map(({ relation }) => print.table(relation)).join(', ')} already, and keeps that lock while rows are changed`,
      locks: known.locksHeld.map(({ mode, relation }) => lock(mode, print.table(relation))),
      lasts: 'table-size',
      safe: [
        inTransaction(
          '-- in a migration of its own, after this one; for a large table as a data migration, in batches:',
          ...text
            .replace(/;\s*$/, '')
            .split(/\r?\n/)
            .map((line) => `-- ${line}`),
        ),
      ],
    };
  },
};
