import { withoutPasswords } from '@opsgraph/postgres';

/** The first lines of a statement, for an error. */
export function excerpt(sql: string): string {
  // A statement may be a file of rows.
  const lines = withoutPasswords(sql.slice(0, 10_000)).trim().split(/\r?\n/);
  const shown = lines.slice(0, 6).join('\n');
  return `${shown.slice(0, 500)}${lines.length > 6 || shown.length > 500 ? ' …' : ''}`;
}

const longest = 100_000;

/**
 * The line of a statement in which the server saw an error, with two before
 * it, and a caret under the place.
 *
 * @param at in the statement, in UTF-16 units
 */
export function excerptAt(sql: string, at: number): string {
  // To see that it has no password takes 2 s for each MB, in which no signal is heard and the lock is held.
  if (sql.length > longest) return excerpt(sql);
  const shown = withoutPasswords(sql);
  // What was taken out has moved the place.
  if (shown !== sql) return excerpt(sql);
  const lines = sql.slice(0, at).split('\n');
  const before = lines.pop()!;
  const line = before + sql.slice(at).split('\n', 1)[0];
  // A line may be a file of rows.
  const from = Math.max(0, before.length - 60);
  const window = `${from > 0 ? '… ' : ''}${line.slice(from, from + 120).trimEnd()}${line.length > from + 120 ? ' …' : ''}`;
  // Tabs stay: the terminal moves the caret as it moves the text.
  const indent = `${from > 0 ? '  ' : ''}${before.slice(from).replaceAll(/[^\t]/g, ' ')}`;
  const above = lines.slice(-2).map((text) => text.trimEnd().slice(0, 120));
  return [...(lines.length > 2 ? ['…'] : []), ...above, window, `${indent}^`].join('\n');
}
