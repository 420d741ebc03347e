import type { Secret } from '@opsgraph/secrets';

/** One thing that was changed, or in a dry run would be. */
export interface Change {
  /** A verb: create, apply, insert, update, delete, start. */
  action: string;
  /** What: a table, a migration, a file. */
  object: string;
  /** How many of it; default: 1. */
  count?: number;
}

/** What a service or a task returns: what was done, for people and for machines. */
export interface TaskReport {
  /** One line for people, true when it is printed. */
  summary: string;
  /** Empty: everything was as wanted, the outcome is ok. Otherwise changed. */
  changes: readonly Change[];
  /** Further lines for people on stdout (a table, the SQL of a dry run). */
  lines?: readonly string[];
  /** The same for machines: `result` of the --json document. */
  data?: unknown;
  /**
   * A new secret that exists nowhere else: printed once, on stdout alone, never
   * logged or recorded. In the --json document it is `reveal.value`.
   */
  reveal?: { label: string; secret: Secret };
  /** A check that found something: the outcome is findings and the exit code 1, though nothing broke. */
  findings?: boolean;
}
