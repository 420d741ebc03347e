import { strongestLock } from '../locks-taken.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const lockTimeout: Rule = {
  name: 'lock-timeout',
  summary: 'DDL without a lock_timeout waits forever behind one long query, with everybody queueing behind it',
  *check({ node }, { known, print, hasLockTimeout }) {
    if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'lock_timeout' && isOff(node.VariableSetStmt)) {
      yield {
        message: 'from here on statements wait for locks without a limit',
        blocks: 'everybody who comes after a statement that waits',
        lasts: 'older-transactions',
        safe: [inTransaction(`SET LOCAL lock_timeout = '5s'`)],
      };
    }
    if (hasLockTimeout || known.hasLockTimeout || known.hasLocked) return;
    const [first] = strongestLock(node).filter(({ relation }) => !known.isUnused(relation));
    if (first === undefined) return;
    yield {
      message:
        'the session that applies it has no lock_timeout: behind one long query this waits forever, and all others behind it',
      locks: [lock(first.mode, print.table(first.relation))],
      lasts: 'older-transactions',
      safe: [
        inTransaction(
          '-- set database.lockTimeout in the configuration; or, in this file before the statement:',
          `SET LOCAL lock_timeout = '5s'`,
        ),
      ],
    };
  },
};

function isOff({ kind, args }: { kind?: string; args?: readonly object[] }): boolean {
  if (kind === 'VAR_RESET' || kind === 'VAR_SET_DEFAULT') return true;
  // A zero is left out of the parse tree: {"ival":{}}.
  return /"ival":\{\}|"sval":\{"sval":"0+ ?[a-z]*"\}/.test(JSON.stringify(args ?? []));
}
