import { OpsError } from '@opsgraph/errors';
import type { LoadedBackfill } from '../definition/backfill.ts';

interface ServerError extends Error {
  code?: string;
  detail?: string;
  hint?: string;
  where?: string;
}

/** What went wrong in a definition's SQL or function. Interruptions and known situations stay what they are. */
export function batchFailed({ path }: LoadedBackfill, error: unknown, where: string): unknown {
  if (error instanceof OpsError) return error;
  const { message, detail, hint, where: context } = asServerError(error);
  return new OpsError({
    code: 'BACKFILL_FAILED',
    exit: 'failed',
    message: `${path}: ${message}`,
    hint: hint ?? 'this batch was rolled back, earlier ones remain; correct the cause and run the same command again',
    problems: [where, detail && `detail: ${detail}`, context && `where: ${context.split('\n')[0]}`].filter(
      (line) => line !== undefined && line !== '',
    ) as string[],
    cause: error,
  });
}

/** SQL that PostgreSQL does not accept, before anything was done. */
export function sqlInvalid({ path }: LoadedBackfill, part: string, sql: string, error: unknown): unknown {
  if (error instanceof OpsError) return error;
  const { message, hint } = asServerError(error);
  return new OpsError({
    code: 'BACKFILL_SQL_INVALID',
    exit: 'badData',
    message: `${path}: ${part} is not accepted by PostgreSQL: ${message}`,
    hint: hint ?? `correct ${part}; nothing was done`,
    problems: [`${part}: ${sql.trim().replaceAll(/\s+/g, ' ').slice(0, 200)}`],
    cause: error,
  });
}

function asServerError(error: unknown): ServerError {
  return error instanceof Error ? error : new Error(`it threw ${String(error)}`);
}
