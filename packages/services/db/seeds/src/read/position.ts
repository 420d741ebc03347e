import type { Place } from '../problems.ts';

/** Columns a line can have; beyond, the last one is named. */
const columns = 2 ** 26;

/** Line and column as one whole number below 2^53 that grows along the file and is another for each row. */
export function packPosition({ line, column }: { line: number; column: number }): number {
  return line * columns + Math.min(column, columns - 1);
}

export function unpackPosition(position: number): Required<Place> & { line: number; column: number } {
  return { line: Math.floor(position / columns), column: position % columns };
}
