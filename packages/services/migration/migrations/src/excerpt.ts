import { withoutPasswords } from '@opsgraph/postgres';

/** The first lines of a statement, for an error. */
export function excerpt(sql: string): string {
  // A statement may be a file of rows.
  const lines = withoutPasswords(sql.slice(0, 10_000)).trim().split(/\r?\n/);
  const shown = lines.slice(0, 6).join('\n');
  return `${shown.slice(0, 500)}${lines.length > 6 || shown.length > 500 ? ' …' : ''}`;
}
