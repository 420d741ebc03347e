import { identifier } from '@opsgraph/postgres';
import { type StagedSet, writtenColumns } from '../stage/staged-set.ts';

/**
 * How the rows `alias` of a file are ordered for an insert. By the key, so
 * that its index grows only at its end; in the file's order where the table
 * numbers them, so that the first row has the first number.
 */
export function insertOrder(staged: StagedSet, alias: string): string {
  const written = writtenColumns(staged);
  const isNumbered = staged.table.columns.some(
    (column) => column.isNumbered && !written.some(({ name }) => name === column.name),
  );
  return isNumbered ? `${alias}.position` : staged.set.key.map((name) => `${alias}.${identifier(name)}`).join(', ');
}
