import { OpsError } from '@opsgraph/errors';
import { type Session, sqlState, translateError } from '@opsgraph/postgres';
import { excerpt, excerptAt } from './excerpt.ts';
import { shownPath } from './files/list-files.ts';
import type { MigrationFile } from './files/migration-file.ts';
import type { MigrationSettings } from './settings.ts';
import { ScriptError, type ServerError } from './state/script.ts';

export interface Place {
  file: MigrationFile;
  /** Of the file, from 1. */
  line?: number | undefined;
  /** The statement that failed. */
  statement?: string | undefined;
  /** Where in the statement the server saw the error, in UTF-16 units. */
  at?: number | undefined;
  /** Beyond the server's own hint. */
  hint?: string | undefined;
}

/** What a failed statement of a migration means, with file, line and statement. */
export function migrationFailed(
  session: Session,
  settings: MigrationSettings,
  { file, line, statement, at, hint }: Place,
  cause: unknown,
): OpsError {
  const meaning = translateError(cause, session.server);
  const error = (cause ?? {}) as ServerError;
  const where = `${shownPath(settings, file.path)}${line === undefined ? '' : `:${line}`}`;
  const problems = [
    statement === undefined
      ? undefined
      : at === undefined
        ? `statement: ${excerpt(statement)}`
        : `statement:\n${excerptAt(statement, at)}`,
    error.detail && `detail: ${error.detail}`,
    error.where && `where: ${error.where.split('\n')[0]}`,
    hint !== undefined && error.hint && `hint: ${error.hint}`,
  ].filter((problem) => typeof problem === 'string' && problem !== '') as string[];
  if (meaning instanceof OpsError) {
    return new OpsError({
      code: meaning.code,
      exit: meaning.exit,
      message: `${where}: ${meaning.message}`,
      hint: meaning.hint,
      problems: [...problems, ...meaning.problems],
      cause,
    });
  }
  return new OpsError({
    code: 'MIGRATION_FAILED',
    exit: 'failed',
    message: `${where}: ${describe(cause)}`,
    hint:
      wantsNoTransaction(file, error) ??
      (isThere.has(error.code ?? '') ? broughtOtherwise(hint) : hint) ??
      error.hint ??
      'correct the migration and run the same command again; its transaction was rolled back',
    problems,
    cause,
  });
}

/** duplicate_column, _database, _function, _schema, _table, _object. */
const isThere = new Set(['42701', '42P04', '42723', '42P06', '42P07', '42710']);

/** The moment to name baseline: perhaps another tool has brought the database to where it is. */
function broughtOtherwise(
  hint = 'correct the migration and run the same command again; its transaction was rolled back',
): string {
  return `${hint}. If another tool has already made in the database what the migrations make: \`pnpm --filter migration run baseline --to <the last one that it has>\` records them without running them (docs/moving-in.md)`;
}

/** active_sql_transaction: what VACUUM and everything CONCURRENTLY are refused with. */
function wantsNoTransaction({ kind }: MigrationFile, { code }: ServerError): string | undefined {
  if (code !== '25001') return undefined;
  return kind === 'sql'
    ? 'it cannot run in a transaction: write transaction:false after the `-- migrate:up` or `-- migrate:down` above it'
    : 'it cannot run in a transaction: export const config = { transaction: false }';
}

/** The same error with more lines, and more for machines. Interruptions and bugs stay what they are. */
export function withProblems(error: unknown, lines: readonly string[], more?: Record<string, unknown>): unknown {
  if (!(error instanceof OpsError) || error.code === 'INTERRUPTED') return error;
  const { code, exit, message, hint, problems, data, cause } = error;
  return new OpsError({
    code,
    exit,
    message,
    hint,
    problems: [...problems, ...lines],
    data: more === undefined ? data : { ...data, ...more },
    cause,
  });
}

/** For machines: what became of each migration of a run that failed at one of them. */
export function statesAfterFailure(
  migrations: readonly { name: string }[],
  failed: number,
  done: 'applied' | 'rolled back',
): { name: string; state: string }[] {
  return migrations.map(({ name }, index) => ({
    name,
    state: index < failed ? done : index === failed ? 'failed' : 'not tried',
  }));
}

/** What a migration's record was refused with. */
export function notRecorded(
  session: Session,
  settings: MigrationSettings,
  file: MigrationFile,
  cause: unknown,
): OpsError {
  // undefined_table, or its schema as older servers tell it: its own transaction had it when it began.
  if (!['42P01', '3F000'].includes((cause as ServerError).code ?? ''))
    return migrationFailed(session, settings, { file }, cause);
  return new OpsError({
    code: 'MIGRATION_FAILED',
    exit: 'failed',
    message: `${shownPath(settings, file.path)}: drops the table in which it would be recorded`,
    hint: 'leave that out; docs/moving-in.md says how a project moves out',
    problems: [(cause as ServerError).message],
    cause,
  });
}

/** Another session was in the way; a moment later it may go well. */
export function isConflict(error: unknown): boolean {
  const cause = error instanceof ScriptError ? error.cause : error;
  const code = cause instanceof OpsError ? cause.code : sqlState(cause);
  return ['55P03', '40P01', '40001', 'LOCK_TIMEOUT', 'CONFLICT'].includes(code);
}

function describe(cause: unknown): string {
  if (cause instanceof Error) return cause.message || cause.name;
  if (cause === undefined || cause === null) return `it threw ${cause}`;
  return `it threw ${typeof cause === 'object' ? JSON.stringify(cause) : String(cause)}, which is not an Error`;
}
