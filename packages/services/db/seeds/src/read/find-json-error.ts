interface JsonError {
  /** In UTF-16 units from the beginning. */
  offset: number;
  expected: string;
}

class Found extends Error {
  readonly found: JsonError;

  constructor(offset: number, expected: string) {
    super(expected);
    this.found = { offset, expected };
  }
}

/**
 * Where a JSON text stops being JSON. V8 tells that for some errors only, and
 * a person needs the place for each.
 */
export function findJsonError(text: string): JsonError {
  try {
    const end = skipSpace(text, readValue(text, skipSpace(text, 0)));
    return { offset: end, expected: 'the end' };
  } catch (error) {
    if (error instanceof Found) return error.found;
    throw error;
  }
}

function readValue(text: string, at: number): number {
  switch (text[at]) {
    case '{':
      return readMembers(text, at, '}', readPair);
    case '[':
      return readMembers(text, at, ']', readValue);
    case '"':
      return readString(text, at);
  }
  return match(text, at, /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y, 'a value');
}

function readPair(text: string, at: number): number {
  if (text[at] !== '"') throw new Found(at, 'a field name in double quotes');
  const colon = skipSpace(text, readString(text, at));
  if (text[colon] !== ':') throw new Found(colon, '":"');
  return readValue(text, skipSpace(text, colon + 1));
}

function readMembers(
  text: string,
  open: number,
  close: string,
  readMember: (text: string, at: number) => number,
): number {
  let at = skipSpace(text, open + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skipSpace(text, readMember(text, at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ',') throw new Found(at, `"," or "${close}"`);
    at = skipSpace(text, at + 1);
  }
}

function readString(text: string, open: number): number {
  const end = match(text, open + 1, /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y, 'a string');
  if (text[end] !== '"')
    throw new Found(
      end,
      text[end] === '\\' ? 'one of the escapes \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX' : 'a closing quote',
    );
  return end + 1;
}

function match(text: string, at: number, pattern: RegExp, expected: string): number {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (found === null) throw new Found(at, expected);
  return at + found[0].length;
}

function skipSpace(text: string, at: number): number {
  return match(text, at, /[ \t\n\r]*/y, 'anything');
}
