import type { SchemaDifference } from '@opsgraph/schemas';

/** What a statement did to a relation that was there before the rehearsal. */
export interface TableEffect {
  /** As SQL writes it, with its schema. */
  relation: string;
  kind: 'table' | 'view' | 'index';
  /** The strongest mode that the statement took; undefined for an index, whose lock matters less than its table's. */
  lock: LockMode | undefined;
  /** Its data went into a new file: the lock is held while all of it is written. */
  rewritten: boolean;
  /** A new, empty file: TRUNCATE. */
  emptied: boolean;
  /** All rows were read: the lock is held while that takes. */
  scanned: boolean;
  dropped: boolean;
}

/** From the weakest to the strongest. */
export const lockModes = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;
export type LockMode = (typeof lockModes)[number];

export interface RehearsedStatement {
  /** With its values in place. */
  sql: string;
  /** Where its effects were measured; undefined: they were not. */
  measuredOn: 'target' | 'copy' | undefined;
  /** On the target; undefined when it did not run there. */
  milliseconds: number | undefined;
  effects: TableEffect[];
}

export interface RehearsedMigration {
  stem: string;
  /** Relative to the project. */
  path: string;
  /** In the order in which they were sent. */
  statements: RehearsedStatement[];
  /** What it adds to, removes from and changes in the schema; empty when another session's lock kept it from being read. */
  objects: SchemaDifference[];
  /** On the target, as far as it came. */
  milliseconds: number;
  /** Why it was not executed whole on the target; undefined when it was. */
  skipped: string | undefined;
  /** Why something is not measured though the copy was tried. */
  unmeasured: string | undefined;
}

export interface TableFacts {
  relation: string;
  /** The planner's estimate. */
  rows: number;
  /** With indexes and what is stored beside it. */
  bytes: number;
}
