import type { Session } from '@opsgraph/postgres';

/** The key of a row as PostgreSQL writes it: `{ id: '17' }`. Text, because a number or a Date may not hold it exactly. */
export type RowKey = Readonly<Record<string, string>>;

/**
 * Works on the rows with these keys, which are locked, through this session
 * alone: what it does is committed together with the record that it was done.
 * It may be run again after a rollback, so it must do nothing outside.
 */
export type BatchWork = (session: Session, keys: readonly RowKey[]) => Promise<unknown>;

interface Common {
  /** Its file's name without extension; never used again for something else. */
  name: string;
  /** `table` or `schema.table`. */
  table: string;
  /** Columns that are NOT NULL and together unique, in the order of their index. */
  key: string | readonly string[];
  /** An SQL condition: the rows that want work. `true` for all. */
  rows: string;
  /**
   * When it is done. `every-row-visited`: each row that was there at the
   * beginning has been looked at. `no-row-left`: passes are made until one
   * finds no row that wants work; so work must make `rows` false. An SQL
   * condition: as the first, and then this must be true.
   */
  done: 'every-row-visited' | 'no-row-left' | { sql: string };
}

/**
 * A data migration, as the default export of a file:
 * `export default { … } satisfies Backfill`.
 */
export type Backfill = Common &
  (
    | {
        /** The SQL that follows UPDATE … SET: `email_lower = lower(email)`. Not the key. */
        set: string;
      }
    | {
        /**
         * One SQL statement; `$1` is an array with the batch's keys, for a
         * composite key `$2` and so on one for each column. Or a function.
         */
        work: string | BatchWork;
      }
  );

/** A definition from a file, known to have the right shape. */
export interface LoadedBackfill {
  definition: Backfill;
  key: readonly string[];
  /** As shown to people: relative to the project. */
  path: string;
  /** Of the file's text. */
  sha256: string;
  /** Whether a recorded checksum is of this text. */
  isUnedited(recorded: string): boolean;
}
