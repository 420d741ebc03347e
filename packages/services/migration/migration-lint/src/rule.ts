import type { Report } from './finding.ts';
import type { Known } from './known.ts';
import type { Printer } from './printer.ts';
import type { Statement } from './read-statements.ts';

export interface RuleContext {
  /** server_version_num of the oldest server it must be safe on: 140000. */
  version: number;
  /** Whether the session that applies the migration has a lock_timeout. */
  hasLockTimeout: boolean;
  /** What the statements before this one have made. */
  known: Known;
  print: Printer;
  /** Whether the session counts its time in UTC. */
  isUtc: boolean;
}

export interface Rule {
  name: string;
  /** One line without a full stop: what it finds. */
  summary: string;
  /** Only when it is asked for. */
  optional?: true;
  check(statement: Statement, context: RuleContext): Iterable<Report>;
}
