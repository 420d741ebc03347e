/** One row of a file as it was read; a value is whatever JSON has, in CSV a string or null. */
export interface FileRow {
  /** Where it begins, from 1. */
  line: number;
  column: number;
  fields: Readonly<Record<string, unknown>>;
  /** No text in it has a character that COPY's text format must escape. */
  isPlain: boolean;
}

/** What COPY's text format must escape, or, as half a character, cannot have; JSON can only write the latter with a backslash. */
export const special = /[\\\t\n\r\u0000]/;

/** A row or a field larger than this is taken for a missing quote or bracket. In UTF-16 units. */
export const largestRow = 32 * 1024 * 1024;
