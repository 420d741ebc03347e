import { oneLine } from '@opsgraph/terminal';

/**
 * The cells of each row, padded to the width of their column; the last cell of
 * a row stays as it is. A cell is one line: a name with a line break in it, or
 * with what moves the cursor, would shift the columns.
 */
export function aligned(rows: readonly (readonly string[])[]): string[][] {
  const shown = rows.map((row) => row.map(oneLine));
  const columns = Math.max(0, ...shown.map((row) => row.length - 1));
  const widths = Array.from({ length: columns }, (_, column) =>
    // A last cell may be a whole sentence, and nothing follows it.
    Math.max(...shown.map((row) => (column < row.length - 1 ? row[column]!.length : 0))),
  );
  return shown.map((row) => row.map((cell, column) => (column < row.length - 1 ? cell.padEnd(widths[column]!) : cell)));
}

/** The rows as lines, with two spaces between columns and none at the end of a line. */
export function table(rows: readonly (readonly string[])[]): string[] {
  return aligned(rows).map((row) => row.join('  ').trimEnd());
}
