export interface Comment {
  /** Without its dashes. */
  text: string;
  start: number;
}

/** Skips spaces, semicolons and comments; where the statement begins, and the line comments on the way. */
export function leadingComments(bytes: Buffer, from: number, to: number): { start: number; comments: Comment[] } {
  const comments: Comment[] = [];
  let at = from;
  while (at < to) {
    if (isSpace(bytes[at]!) || bytes[at] === semicolon) at += 1;
    else if (bytes[at] === dash && bytes[at + 1] === dash) {
      const end = Math.min(endOfLine(bytes, at), to);
      comments.push({ text: bytes.toString('utf8', at + 2, end).trim(), start: at });
      at = end;
    } else if (bytes[at] === slash && bytes[at + 1] === star) at = endOfBlockComment(bytes, at, to);
    else break;
  }
  return { start: at, comments };
}

const dash = 45;
const slash = 47;
const star = 42;
const semicolon = 59;

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

/** Where a line comment ends: for PostgreSQL at a carriage return, too. */
export function endOfLine(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at += 1;
  return at;
}

/** Behind a block comment; they nest. */
export function endOfBlockComment(bytes: Buffer, start: number, to: number): number {
  let depth = 0;
  let at = start;
  while (at < to) {
    if (bytes[at] === slash && bytes[at + 1] === star) {
      depth += 1;
      at += 2;
    } else if (bytes[at] === star && bytes[at + 1] === slash) {
      depth -= 1;
      at += 2;
      if (depth === 0) return at;
    } else at += 1;
  }
  return to;
}
