import { OpsError } from '@opsgraph/errors';

/**
 * The SQLSTATE of an error as the server sent it (PostgreSQL's manual,
 * appendix A); '' for any other error: one of the system, one that was
 * translated to an OpsError, or what is no error at all.
 */
export function sqlState(error: unknown): string {
  // EPIPE and EBUSY have five letters, too.
  if (!(error instanceof Error) || error instanceof OpsError || 'syscall' in error) return '';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : '';
}

/**
 * What a table has against a row: a value (22), a constraint (23), a trigger
 * (27, P0) or a view's check option (44).
 */
export function isDataError(error: unknown): boolean {
  return /^(22|23|27|44|P0)/.test(sqlState(error));
}
