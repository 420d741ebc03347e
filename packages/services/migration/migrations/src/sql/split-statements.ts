export interface SqlStatement {
  text: string;
  /** Where it begins and ends in the text that was split. */
  start: number;
  end: number;
}

/** From its first character to the one after its last. */
export type Stretch = readonly [start: number, end: number];

export interface SplitSql {
  statements: SqlStatement[];
  comments: Stretch[];
  /** Strings, dollar quotes and quoted names: what is in them is no SQL. */
  quoted: Stretch[];
  /** A string, comment, quoted name or body that has no end. */
  unterminated: { what: string; offset: number } | undefined;
}

const wordStart = /[A-Za-z_\u0080-\uffff]/;
const word = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;

/**
 * Splits SQL at the semicolons that end statements, as psql does: not at those
 * in strings, dollar quotes, quoted names, (nested) comments, parentheses or
 * BEGIN ATOMIC bodies. Comments before a statement are not part of it.
 */
export function splitStatements(sql: string): SplitSql {
  const statements: SqlStatement[] = [];
  const comments: Stretch[] = [];
  const quoted: Stretch[] = [];
  let unterminated: SplitSql['unterminated'];
  let start = -1;
  let end = 0;
  let parentheses = 0;
  let body = bodyTracker();
  let at = 0;

  const open = (what: string, offset: number): number => {
    unterminated = { what, offset };
    return sql.length;
  };
  /** A part of a statement from `at` to `until`. */
  const take = (until: number): void => {
    if (start < 0) start = at;
    end = at = until;
  };
  const quote = (until: number): void => {
    quoted.push([at, until]);
    take(until);
  };
  const comment = (until: number): void => {
    comments.push([at, until]);
    at = until;
  };
  const close = (): void => {
    if (start >= 0) statements.push({ text: sql.slice(start, end), start, end });
    start = -1;
    parentheses = 0;
    body = bodyTracker();
  };

  while (at < sql.length) {
    const character = sql[at]!;
    const next = sql[at + 1];
    if (character === '-' && next === '-') {
      comment(endOfLine(sql, at));
    } else if (character === '/' && next === '*') {
      comment(endOfComment(sql, at) ?? open('comment', at));
    } else if (/\s/.test(character)) {
      at += 1;
    } else if (character === "'") {
      quote(endOfQuoted(sql, at, "'", false) ?? open('string', at));
    } else if (character === '"') {
      quote(endOfQuoted(sql, at, '"', false) ?? open('quoted name', at));
    } else if (character === '$') {
      const tag = matchAt(dollarTag, sql, at);
      if (tag === undefined) take(at + 1);
      else {
        const stop = sql.indexOf(tag, at + tag.length);
        quote(stop < 0 ? open(`${tag} string`, at) : stop + tag.length);
      }
    } else if (wordStart.test(character)) {
      const text = matchAt(word, sql, at)!;
      const after = at + text.length;
      if (/^e$/i.test(text) && sql[after] === "'") {
        quote(endOfQuoted(sql, after, "'", true) ?? open('string', after));
      } else {
        body.word(text.toLowerCase());
        take(after);
      }
    } else if (character === ';' && parentheses === 0 && !body.isOpen()) {
      at += 1;
      close();
    } else {
      if (character === '(') parentheses += 1;
      if (character === ')') parentheses = Math.max(parentheses - 1, 0);
      // 1e5 and x.y are no words on their own
      take(/[0-9]/.test(character) ? at + matchAt(/[0-9][0-9a-zA-Z_.]*/y, sql, at)!.length : at + 1);
    }
  }
  if (body.isOpen() && unterminated === undefined) unterminated = { what: 'BEGIN ATOMIC body', offset: start };
  close();
  return { statements, comments, quoted, unterminated };
}

/** Knows whether we are inside the BEGIN ATOMIC … END of a function or procedure. */
function bodyTracker(): { word(text: string): void; isOpen(): boolean } {
  const first: string[] = [];
  let previous = '';
  let depth = 0;
  return {
    word(text) {
      if (first.length < 4) first.push(text);
      const isRoutine = /^create (or replace )?(function|procedure)\b/.test(first.join(' '));
      if (isRoutine && depth === 0 && previous === 'begin' && text === 'atomic') depth = 1;
      else if (depth > 0 && text === 'case') depth += 1;
      else if (depth > 0 && text === 'end') depth -= 1;
      previous = text;
    },
    isOpen: () => depth > 0,
  };
}

/** Where a line comment ends: for PostgreSQL at a carriage return, too. */
function endOfLine(sql: string, at: number): number {
  const rest = /[\r\n]/g;
  rest.lastIndex = at;
  return rest.exec(sql)?.index ?? sql.length;
}

function endOfComment(sql: string, at: number): number | undefined {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  let depth = 0;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return undefined;
}

/** A doubled quote ends and begins again, which comes to the same. */
function endOfQuoted(sql: string, at: number, quote: string, hasEscapes: boolean): number | undefined {
  for (let i = at + 1; i < sql.length; i += 1) {
    if (hasEscapes && sql[i] === '\\') i += 1;
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1;
      i += 1;
    }
  }
  return undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
