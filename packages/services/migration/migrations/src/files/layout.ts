import { hash } from 'node:crypto';
import { splitStatements } from '../sql/split-statements.ts';
import { storableText } from './decode.ts';
import type { MigrationFile } from './migration-file.ts';

/**
 * The text of a migration without what cannot matter, because editors and
 * checkouts change it and nobody means it: a byte order mark, and whether
 * lines end with LF or CRLF. In SQL also blanks at the ends of lines, but
 * nothing inside of strings, dollar quotes and quoted names: there a line end
 * is part of a value. JavaScript itself reads every line end as LF, in
 * template literals too, but a blank before it may be part of a value.
 */
export function withoutLayout(kind: MigrationFile['kind'], text: string): string {
  const body = text.replace(/^\ufeff/, '');
  if (kind === 'knex') return body.replaceAll(/\r\n?/g, '\n');
  const parts: string[] = [];
  let at = 0;
  for (const [start, end] of splitStatements(body).quoted) {
    parts.push(plain(body.slice(at, start)), body.slice(start, end));
    at = end;
  }
  return [...parts, plain(body.slice(at)).trimEnd()].join('');
}

/** What tells two texts apart that are not the same but for their layout. */
export function layoutDigest(kind: MigrationFile['kind'], text: string): string {
  return hash('sha256', withoutLayout(kind, text));
}

/** `line ends`: only those inside of strings differ; `text`: something else. */
export type Edit = 'line ends' | 'text';

/** How a file differs from what was recorded of it; undefined: not in anything that matters. */
export function editOf({ kind, bytes }: Pick<MigrationFile, 'kind' | 'bytes'>, recorded: string): Edit | undefined {
  const [now, before] = [storableText(bytes), recorded].map((text) => withoutLayout(kind, text)) as [string, string];
  if (now === before) return undefined;
  return asLf(now) === asLf(before) ? 'line ends' : 'text';
}

function plain(sql: string): string {
  return sql.replaceAll(/[ \t\f\v]*(\r\n?|\n)/g, '\n');
}

function asLf(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}
