import { type ExitName, exitCodes } from './exit-codes.ts';

export interface OpsErrorFields {
  /** Stable name for machines, in capitals: LOCK_HELD, BACKUP_CORRUPT. */
  code: string;
  exit: ExitName;
  /** A lower-case fact: what is wrong, and where. */
  message: string;
  /** What to do next, pasteable where possible. */
  hint?: string | undefined;
  /** One line for each problem, when several were found at once. */
  problems?: readonly string[] | undefined;
  /** What a machine may want to know of it, shown in `--json` only. */
  data?: Readonly<Record<string, unknown>> | undefined;
  cause?: unknown;
}

/**
 * A failure somebody foresaw. Anything thrown that is not an OpsError is a
 * bug: the kit prints its stack and exits with 70.
 */
export class OpsError extends Error {
  readonly code: string;
  readonly exit: ExitName;
  readonly hint: string | undefined;
  readonly problems: readonly string[];
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(fields: OpsErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'OpsError';
    this.code = fields.code;
    this.exit = fields.exit;
    this.hint = fields.hint;
    this.problems = fields.problems ?? [];
    this.data = fields.data;
  }

  get exitCode(): number {
    return exitCodes[this.exit];
  }
}
