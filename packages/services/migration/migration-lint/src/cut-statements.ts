import { endOfBlockComment, endOfLine } from './leading-comments.ts';

/**
 * Where statements begin and end in SQL that the parser refused as a whole:
 * at semicolons outside of strings, names, comments, parentheses and BEGIN
 * ATOMIC bodies. What has no end reaches to the end of the text.
 */
export function cutStatements(bytes: Buffer): [start: number, end: number][] {
  const cuts: [number, number][] = [];
  let start = 0;
  let at = 0;
  let depth = 0;
  let words: string[] = [];
  let isAtomic = false;
  while (at < bytes.length) {
    const char = String.fromCharCode(bytes[at]!);
    if (char === ';' && isAtomic) isAtomic = words.at(-1) !== 'end';
    if (char === ';' && depth === 0 && !isAtomic) {
      cuts.push([start, at]);
      start = at + 1;
    }
    if (char === '(') depth += 1;
    if (char === ')') depth = Math.max(0, depth - 1);
    if (isWordStart(bytes[at]!)) {
      const end = endOfWord(bytes, at);
      words = [words.at(-1) ?? '', bytes.toString('latin1', at, end).toLowerCase()];
      isAtomic ||= words.join(' ') === 'begin atomic';
      at = words[1] === 'e' && bytes[end] === 39 ? endOfQuoted(bytes, end, 39, true) : end;
      continue;
    }
    // Only what is right before a semicolon ends a body.
    if (char > ' ') words = [];
    at = endOfToken(bytes, at);
  }
  cuts.push([start, bytes.length]);
  return cuts;
}

function endOfToken(bytes: Buffer, at: number): number {
  const char = bytes[at]!;
  if (char === 39 || char === 34) return endOfQuoted(bytes, at, char, false);
  if (char === 45 && bytes[at + 1] === 45) return endOfLine(bytes, at);
  if (char === 47 && bytes[at + 1] === 42) return endOfBlockComment(bytes, at, bytes.length);
  if (char === 36) {
    const tag = /^\$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$/.exec(bytes.toString('latin1', at, at + 130))?.[0];
    if (tag !== undefined) return endAfter(bytes, Buffer.from(tag, 'latin1'), at + tag.length);
  }
  return at + 1;
}

function endAfter(bytes: Buffer, what: string | Buffer, from: number): number {
  const found = bytes.indexOf(what, from);
  return found < 0 ? bytes.length : found + what.length;
}

/** A doubled quote stays inside; in E'' strings a backslash takes the next character along. */
function endOfQuoted(bytes: Buffer, start: number, quote: number, hasEscapes: boolean): number {
  let at = start + 1;
  while (at < bytes.length) {
    if (bytes[at] === quote) {
      if (bytes[at + 1] !== quote) return at + 1;
      at += 2;
    } else at += hasEscapes && bytes[at] === 92 ? 2 : 1;
  }
  return bytes.length;
}

function isWordStart(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 95 || byte >= 128;
}

function endOfWord(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && (isWordStart(bytes[at]!) || bytes[at] === 36 || (bytes[at]! >= 48 && bytes[at]! <= 57)))
    at += 1;
  return at;
}
