import { OpsError } from '@opsgraph/errors';
import { excerpt } from '../excerpt.ts';
import type { LedgerRow } from '../state/read-state.ts';

export function halfDone(row: LedgerRow, where: string, why: string): OpsError {
  return new OpsError({
    code: 'MIGRATION_HALF_DONE',
    exit: 'refused',
    message: `${where} was begun outside a transaction and is half done: ${why}`,
    hint: resolveHint(row.stem),
    problems: [
      `statements known to be done: ${row.statements_done}`,
      ...(row.begun === null ? [] : [`statement in doubt: ${excerpt(row.begun)}`]),
    ],
  });
}

/** How a person settles what the machine must not guess. */
export function resolveHint(stem: string): string {
  return `look at the database, then: finish it by hand and \`repair --applied ${stem}\`, or undo it by hand and \`repair --pending ${stem}\``;
}
