import type { Column, Table } from './table.ts';

/** What the ledger says about the table of a load; relation and numbers are null for loads of before they were kept. */
export interface RecordedTable {
  /** Its oid. */
  relation: number | null;
  columns: string[];
  /** Of the columns, as pg_attribute has them. */
  numbers: number[] | null;
}

/**
 * The columns that a load knew, in its order, as the table has them now;
 * undefined for those that are gone. In the very same table they are found by
 * number, so a renamed one is not taken for one dropped and one added; in one
 * that was made again (a restored database, a copy in its place) by name.
 */
export function columnsSince({ relation, columns, numbers }: RecordedTable, table: Table): (Column | undefined)[] {
  const isSame = numbers !== null && relation === table.oid;
  return columns.map((name, place) =>
    table.columns.find((column) => (isSame ? column.number === numbers[place] : column.name === name)),
  );
}
