import { alterations } from '../alterations.ts';
import { path } from '../paths.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const validateInSameTransaction: Rule = {
  name: 'validate-in-same-transaction',
  summary: 'VALIDATE CONSTRAINT in a transaction that has locked the table already reads it with that lock held',
  *check({ node }, { known, print }) {
    for (const { table, command } of alterations(node)) {
      if (command.subtype !== 'AT_ValidateConstraint' || known.isNewTable(table)) continue;
      const target = print.table(table);
      const held = known.locksHeld.find(({ relation }) => path(relation) === path(table));
      if (!known.isInTransaction || (held === undefined && !known.wasAddedInThisTransaction(table, command.name)))
        continue;
      yield {
        message: `the transaction has locked ${target} already, and keeps that lock while every row is checked`,
        locks: [lock(held?.mode ?? 'SHARE ROW EXCLUSIVE', target)],
        lasts: 'table-size',
        safe: [
          inTransaction(
            '-- in a migration of its own, after the one that adds it',
            `ALTER TABLE ${target} VALIDATE CONSTRAINT ${print.name(command.name ?? '')}`,
          ),
        ],
      };
    }
  },
};
