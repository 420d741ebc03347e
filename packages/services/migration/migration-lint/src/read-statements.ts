import type { Node } from 'libpg-query';
import { cutStatements } from './cut-statements.ts';
import { type Comment, leadingComments } from './leading-comments.ts';

export interface Statement {
  node: Node;
  /** Byte offsets in the text. */
  start: number;
  end: number;
  text: string;
  /** Line comments between the statement before and this one. */
  comments: Comment[];
  /** Whether it runs inside a transaction, of the file or of its own BEGIN. */
  inTransaction: boolean;
  /** Those that follow it in its transaction. */
  after(): readonly Node[];
}

/** A stretch that the parser refused. */
export interface Unread {
  start: number;
  end: number;
  /** Where the parser stopped. */
  at: number;
  message: string;
  comments: Comment[];
}

type Parsed = Pick<Statement, 'node' | 'start' | 'end' | 'comments'>;

interface ParserError extends Error {
  /** In characters, from 0. */
  sqlDetails?: { cursorPosition?: number };
}

/** The parser takes it for the end of the text, and would not see what follows. */
class NulByte extends Error implements ParserError {
  readonly sqlDetails: { cursorPosition: number };

  constructor(index: number) {
    super('a NUL byte');
    this.sqlDetails = { cursorPosition: index };
  }
}

type Parser = typeof import('libpg-query');

/**
 * The statements of a text in order. When the parser refuses the text as a
 * whole, its statements are tried one by one, so that one which is not
 * understood does not hide the others.
 */
export async function readStatements(bytes: Buffer): Promise<{ statements: Parsed[]; unread: Unread[] }> {
  const parser = await import('libpg-query');
  await parser.loadModule();
  const whole = parsePart(parser, bytes, 0, bytes.length);
  if (!('message' in whole)) return { statements: whole, unread: [] };

  const statements: Parsed[] = [];
  const unread: Unread[] = [];
  for (const [start, end] of cutStatements(bytes)) {
    const part = parsePart(parser, bytes, start, end);
    if ('message' in part) unread.push(part);
    else statements.push(...part);
  }
  // An open comment is no statement, and still the parser refused it.
  return { statements, unread: unread.length === 0 ? [{ ...whole, start: whole.at }] : unread };
}

function parsePart(parser: Parser, bytes: Buffer, from: number, to: number): Parsed[] | Unread {
  const first = leadingComments(bytes, from, to);
  if (first.start >= to) return [];
  const text = bytes.toString('utf8', from, to);
  const nul = text.indexOf('\0');
  try {
    if (nul >= 0) throw new NulByte(nul);
    let before = from;
    return (parser.parseSync(text).stmts ?? []).map(({ stmt, stmt_location = 0, stmt_len = 0 }) => {
      const begun = from + stmt_location;
      const end = stmt_len === 0 ? trimEnd(bytes, to) : begun + stmt_len;
      const { start, comments } = leadingComments(bytes, before, end);
      before = end;
      return { node: stmt as Node, start, end, comments };
    });
  } catch (error) {
    const { message, sqlDetails } = error as ParserError;
    const characters = Math.max(0, sqlDetails?.cursorPosition ?? 0);
    const at = from + Buffer.byteLength([...text.slice(0, characters * 2)].slice(0, characters).join(''));
    return {
      start: first.start,
      end: trimEnd(bytes, to),
      at: Math.max(at, first.start),
      message,
      comments: first.comments,
    };
  }
}

function trimEnd(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && (bytes[at - 1]! <= 32 || bytes[at - 1] === 59)) at -= 1;
  return at;
}
