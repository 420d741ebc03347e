import type { ColumnDef, Constraint } from 'libpg-query';
import type { Printer } from './printer.ts';

/** Adds a column without one of its constraints, as the first step; none when the constraint is of a column that is there. */
export function addColumnWithout(
  constraint: Constraint,
  column: ColumnDef | undefined,
  table: string,
  print: Printer,
): string[] {
  if (column === undefined) return [];
  const constraints = (column.constraints ?? []).filter(
    (one) => !('Constraint' in one && one.Constraint === constraint),
  );
  return [`ALTER TABLE ${table} ADD COLUMN ${print.node({ ColumnDef: { ...column, constraints } })}`];
}
