import type { Random } from './generate/random.ts';

/** Where a column's value comes from when the file names a row of another set instead of its id. */
export interface Reference {
  /** The set whose rows are referred to. */
  set: string;
  /**
   * Column of that set's table: field of this file. `place.name` is the field
   * `name` of the object `place`, in CSV a column with that heading. Together
   * they must pick one row.
   */
  match: Readonly<Record<string, string>>;
}

/** Rows that are made by a function instead of kept in a file. */
export interface Generate {
  /** A whole number of 32 bits; the same one makes the same rows. */
  seed: number;
  /**
   * Gives the rows one by one, as a file of JSON lines would have them. All that
   * is random or depends on the day must come from `random`: the function runs
   * more than once and must make the same rows each time.
   */
  rows: (random: Random) => Iterable<object> | AsyncIterable<object>;
}

/** One file of rows, or a function that makes them, and the table it belongs to. */
export interface DataSet {
  /** How people call it: `seed --set NAME`. */
  name: string;
  /** `places`, or `schema.places`. */
  table: string;
  /** Relative to the manifest, or a file of an installed npm package. Either this or `generate`. */
  file?: string | { package: string; file: string };
  generate?: Generate;
  /** Default: by the file's extension (.json, .ndjson, .jsonl, .csv). */
  format?: Format;
  /** The columns by which a row is found again; the table must have a unique index on exactly these. */
  key: readonly string[];
  /** Field of the file: column of the table, where they differ; null leaves the field out. */
  columns?: Readonly<Record<string, string | null>>;
  /** Column of the table: how its value is found in another set. */
  references?: Readonly<Record<string, Reference>>;
  /** The environments it is for; every one unless given. */
  environments?: readonly string[];
}

export type Format = 'json' | 'ndjson' | 'csv';

/** What every verb of this package gets. */
export interface SeedInput {
  /** Absolute; holds seeds.ts and the files. */
  directory: string;
  /** Which sets; those of the environment unless named. */
  sets: readonly string[] | 'all';
  environment: string;
  /** Absolute; no file outside it is read. */
  projectRoot: string;
  run: { id: string; actor: string };
  /** Called now and then with the number of rows of a set that are read. */
  onRows?: ((set: string, rows: number) => void) | undefined;
  /** Called when all files were read and found valid, and a set of so many rows is brought into its table. */
  onWrite?: ((set: string, rows: number) => void) | undefined;
}
