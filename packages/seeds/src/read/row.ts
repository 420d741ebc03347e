/** One row of a file as it was read; a value is whatever JSON has, in CSV a string or null. */
export interface FileRow {
  /** Where it begins, from 1. */
  line: number;
  column: number;
  fields: Readonly<Record<string, unknown>>;
}

/** A row or a field larger than this is taken for a missing quote or bracket. In UTF-16 units. */
export const largestRow = 32 * 1024 * 1024;
