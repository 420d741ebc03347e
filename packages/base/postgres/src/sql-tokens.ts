export interface SqlToken {
  kind: 'string' | 'word' | 'blank' | 'comment' | 'sign';
  text: string;
  /** Of a string or comment: what is between its marks. */
  body: string;
  /** Of a string in dollars: its body is as it was written. */
  isDollar: boolean;
}

const blank = /\s+/y;
const lineComment = /--[^\n]*/y;
/** With its E, U&, N, B or X; in E a backslash escapes. */
const escapedString = /e'((?:[^'\\]|''|\\.)*)(?:'|$)/isy;
const plainString = /(?:u&|[nbx])?'((?:[^']|'')*)(?:'|$)/isy;
const dollarString = /\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const word = /(?:u&)?"(?:[^"]|"")*(?:"|$)|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*/iy;

/**
 * SQL as PostgreSQL's scanner cuts it, as far as it matters where a string
 * begins and ends. What is not closed goes to the end; the texts of the tokens
 * put together are the input.
 */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length; ) {
    const token = tokenAt(sql, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(sql: string, at: number): SqlToken {
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql);
  };
  const token = (kind: SqlToken['kind'], text: string, body = '', isDollar = false): SqlToken => ({
    kind,
    text,
    body,
    isDollar,
  });
  const space = match(blank);
  if (space !== null) return token('blank', space[0]);
  const line = match(lineComment);
  if (line !== null) return token('comment', line[0], line[0].slice(2));
  if (sql.startsWith('/*', at)) {
    const end = endOfComment(sql, at);
    return token('comment', sql.slice(at, end), sql.slice(at + 2, end));
  }
  const quoted = match(escapedString) ?? match(plainString);
  if (quoted !== null) return token('string', quoted[0], quoted[1]);
  const dollar = match(dollarString);
  if (dollar !== null) {
    const begin = at + dollar[0].length;
    const close = sql.indexOf(dollar[0], begin);
    const end = close === -1 ? sql.length : close;
    return token('string', sql.slice(at, close === -1 ? end : end + dollar[0].length), sql.slice(begin, end), true);
  }
  const name = match(word);
  return name === null ? token('sign', sql[at]!) : token('word', name[0]);
}

/** Comments of this kind nest. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (const found of sql.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return start + found.index + 2;
  }
  return sql.length;
}
