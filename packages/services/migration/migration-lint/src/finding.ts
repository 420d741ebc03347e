/** What a lock on a table keeps others from doing while it is held or waited for. */
export const lockModes = {
  'ACCESS EXCLUSIVE': 'reads and writes',
  EXCLUSIVE: 'writes, and reads that lock rows',
  'SHARE ROW EXCLUSIVE': 'writes',
  SHARE: 'writes',
  'ROW EXCLUSIVE': 'writes to the same rows',
} as const;

export type LockMode = keyof typeof lockModes;

/** For how long, in the words of the report. */
export const durations = {
  moment: 'a moment: only the catalogue changes (but it waits for older transactions, and others queue behind it)',
  'table-size': 'as long as the table is large: it is read or written whole',
  'older-transactions': 'until every older transaction has ended, and proportional to the table',
  'transaction-end': 'until the transaction ends',
  'until-deployed': 'until no running code uses it any more',
  lasting: 'nothing now; it is expensive to correct later',
  'does-not-run': 'the server refuses it',
} as const;

export type Duration = keyof typeof durations;

/** `error`: the server would refuse it. `warning`: not safe. `note`: something that was not looked into. */
export type Level = 'error' | 'warning' | 'note';

export interface Lock {
  mode: LockMode;
  /** As written in SQL. */
  relation: string;
}

/** One migration of a safe form; several are applied one after the other, each in its own file. */
export interface Step {
  transaction: boolean;
  /** Statements with their semicolons; what a person must fill in is a comment. */
  sql: string;
}

export interface Finding {
  rule: string;
  level: Level;
  file: string;
  /** Whether line and column are those of the file, or of the SQL that the program in it sent. */
  place: 'file' | 'sent';
  /** From 1. */
  line: number;
  /** In characters, from 1. */
  column: number;
  /** As written. */
  statement: string;
  message: string;
  /** Empty: it locks no table that others use for longer than any statement does. */
  locks: readonly Lock[];
  /** Who or what it blocks or breaks. */
  blocks: string;
  lasts: Duration;
  /** Empty: nothing to do, or nothing that SQL could say. */
  safe: readonly Step[];
}

/** What a rule reports; the rest of the finding is the same for all rules. */
export interface Report {
  /** Byte offset in the file; default: the statement's beginning. */
  at?: number | undefined;
  level?: Level;
  message: string;
  locks?: readonly Lock[];
  /** When it is no lock that blocks. */
  blocks?: string;
  lasts: Duration;
  safe?: readonly Step[];
}
