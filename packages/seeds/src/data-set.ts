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

/** One file of rows and the table it belongs to. */
export interface DataSet {
  /** How people call it: `seed --set NAME`. */
  name: string;
  /** `places`, or `schema.places`. */
  table: string;
  /** Relative to the manifest, or a file of an installed npm package. */
  file: string | { package: string; file: string };
  /** Told by the file's ending (.json, .ndjson, .jsonl, .csv) unless given. */
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

/** What every verb of this package is told. */
export interface SeedInput {
  /** Absolute; holds seeds.ts and the files. */
  directory: string;
  /** Which sets; those of the environment unless named. */
  sets: readonly string[] | 'all';
  environment: string;
  /** Absolute; no file outside it is read. */
  projectRoot: string;
  run: { id: string; actor: string };
  /** Told now and then how many rows of a set are read. */
  onRows?: ((set: string, rows: number) => void) | undefined;
}
