import { type SqlToken, sqlTokens } from './sql-tokens.ts';

const starred = "'***'";
/** What a secret is called: a clause, a column, an option, a setting, a parameter. */
const secretName = /pass(?:word|wd|phrase)|^pass$|pwd|secret|credential|(?:api|access|private)_?key|(?:^|[._])token$/i;
/** What may be between the name and the value. */
const between = /^(?:=|:|>|\(|,|\||to|as|encrypted)$/i;
/** Functions whose arguments are secrets. */
const secretFunction = /^(?:crypt|hmac|pgp_sym_(?:en|de)crypt(?:_bytea)?|encrypt(?:_iv)?|decrypt(?:_iv)?)$/i;
const endOfExpression = /^(?:where|from|returning|and|or|on|order|group|limit)$/i;

/**
 * SQL to be shown, logged or recorded: what may be a password in it is
 * starred, in whatever quotes it is written and however deep: of CREATE ROLE,
 * options of a user mapping, a setting, a column, a connection string, a URL,
 * a statement in a string. A migration may have them from its environment,
 * where nobody else knows them. Stars too much rather than too little.
 */
export function withoutPasswords(sql: string): string {
  const statement = { first: '', depth: 0, starsAll: false };
  /** A name of a secret was the last thing that meant something. */
  let isNamed = false;
  /** Behind `password =`: to the end of the expression, at this depth of parentheses. */
  let expression: number | undefined;
  let isDirect = false;
  let last: string | undefined;

  const shown = sqlTokens(sql).map((token): string => {
    const { kind, text } = token;
    if (kind === 'blank') return text;
    if (kind === 'comment') return text.replace(token.body, () => withoutPasswords(token.body));
    if (kind === 'string') {
      const isSecret = isNamed || statement.starsAll || expression !== undefined || last === starred;
      const name = secretName.test(token.body) && /^[\w.-]+$/.test(token.body);
      // A statement that is put together: its password comes from one of the next strings.
      if (!name && wantsPassword(token.body)) statement.starsAll = true;
      isNamed = name;
      isDirect = false;
      // A second string behind one, on a line of its own, continues it.
      last = isSecret && token.body !== '' ? starred : text;
      return isSecret && token.body !== '' ? starred : withoutInner(token);
    }
    last = text;
    if (kind === 'word') {
      const wasDirect = isDirect;
      isDirect = false;
      if (statement.first === '') statement.first = text.toLowerCase();
      if (secretName.test(text)) {
        isNamed = true;
        if (statement.first === 'insert') statement.starsAll = true;
        return text;
      }
      if (secretFunction.test(text)) expression ??= statement.depth;
      if (expression === statement.depth && endOfExpression.test(text)) expression = undefined;
      if (isNamed && /^to$/i.test(text)) [expression, isDirect] = [statement.depth, true];
      else if (wasDirect && /^(?:set|alter)$/.test(statement.first) && !/^default$/i.test(text)) return '***';
      if (!between.test(text)) isNamed = false;
      return text;
    }
    if (text === '(') statement.depth += 1;
    if (text === ')') statement.depth -= 1;
    if (expression !== undefined && (statement.depth < expression || (text === ',' && statement.depth === expression)))
      expression = undefined;
    if (text === ')' && statement.depth === expression) expression = undefined;
    isDirect = isNamed && text === '=';
    if (isDirect) expression = statement.depth;
    if (!between.test(text)) isNamed = false;
    if (text === ';') {
      Object.assign(statement, { first: '', depth: 0, starsAll: false });
      expression = undefined;
    }
    return text;
  });
  return shown.join('');
}

/** `… PASSWORD %L`, `… PASSWORD `, `… password=` */
function wantsPassword(body: string): boolean {
  return /(?:password|passwd|pwd)\s*[=:]?\s*(?:'*%(?:\d\$)?[LsI]'*|'*\$\d|['"]*)\s*(?:$|[;)])/i.test(body);
}

/** A string that is no secret may have one in it: a function's body, a statement, a connection string, a URL. */
function withoutInner({ text, body, isDollar }: SqlToken): string {
  if (!/pass|pwd|secret|token|key|:\/\//i.test(body)) return text;
  const written = isDollar ? body : body.replaceAll("''", "'");
  const inText = withoutAssignments(written);
  const inner = /\bpass|\bpwd|secret|crypt/i.test(inText) && /['$]/.test(inText) ? withoutPasswords(inText) : inText;
  if (inner === written) return text;
  return text.replace(body, () => (isDollar ? inner : inner.replaceAll("'", "''")));
}

/** Of a connection string and of a URL. */
function withoutAssignments(text: string): string {
  return text
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*):[^\s'"]+@/gi, '$1:***@')
    .replaceAll(/(\b\w*(?:password|passwd|pwd)=)(?:'(?:[^'\\]|\\.)*'|[^\s'"&;,)*]+)/gi, '$1***');
}
