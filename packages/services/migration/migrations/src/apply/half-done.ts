import { OpsError } from '@opsgraph/errors';
import { command } from '@opsgraph/terminal';
import { excerpt } from '../excerpt.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import type { Comparison } from '../state/compare.ts';
import type { LedgerRow } from '../state/state.ts';

/**
 * Those that an earlier run began, to be gone on with before anything else.
 *
 * @throws OpsError MIGRATION_HALF_DONE (77)
 */
export function toGoOnWith({ started }: Comparison): { row: LedgerRow; file: MigrationFile }[] {
  const half = started.find(({ row }) => row.direction === 'down');
  if (half !== undefined)
    throw halfDone(half.row, half.row.file, 'it was being rolled back; finish that first: rollback --steps 1');
  return started.map(({ row, file }) => {
    if (file === undefined) throw halfDone(row, row.file, 'its file is gone');
    return { row, file };
  });
}

export function halfDone(row: LedgerRow, where: string, why: string): OpsError {
  return new OpsError({
    code: 'MIGRATION_HALF_DONE',
    exit: 'refused',
    message: `${where} started outside a transaction and is half done: ${why}`,
    hint: resolveHint(row.stem),
    problems: [
      `statements known to be done: ${row.statements_done}`,
      ...(row.begun === null ? [] : [`statement in doubt: ${excerpt(row.begun)}`]),
    ],
  });
}

/** How a person settles what the machine must not guess. */
export function resolveHint(stem: string): string {
  return `check the database, then: finish it by hand and \`${command`repair --applied ${stem}`}\`, or undo it by hand and \`${command`repair --pending ${stem}`}\``;
}
