import type { Node } from 'libpg-query';
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
  const cuts = cutStatements(parser, bytes);
  if (cuts === undefined) return { statements, unread: [whole] };
  for (const [start, end] of cuts) {
    const part = parsePart(parser, bytes, start, end);
    if ('message' in part) unread.push(part);
    else statements.push(...part);
  }
  return { statements, unread };
}

function parsePart(parser: Parser, bytes: Buffer, from: number, to: number): Parsed[] | Unread {
  const first = leadingComments(bytes, from, to);
  if (first.start >= to) return [];
  const text = bytes.toString('utf8', from, to);
  try {
    let before = from;
    return (parser.parseSync(text).stmts ?? []).map(({ stmt, stmt_location = 0, stmt_len = 0 }) => {
      const begun = from + stmt_location;
      const end = stmt_len === 0 ? trimEnd(bytes, to) : begun + stmt_len;
      const { start, comments } = leadingComments(bytes, before, end);
      before = end;
      return { node: stmt as Node, start, end, comments };
    });
  } catch (error) {
    const { message, sqlDetails } = error as Error & { sqlDetails?: { cursorPosition?: number } };
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

/** At the semicolons the parser's own scanner sees outside of parentheses; undefined when it can't scan either. */
function cutStatements(parser: Parser, bytes: Buffer): [number, number][] | undefined {
  let tokens: ReturnType<Parser['scanSync']>['tokens'];
  try {
    ({ tokens } = parser.scanSync(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
  const cuts: [number, number][] = [];
  let start = 0;
  let depth = 0;
  let isAtomic = false;
  for (const [index, { text, start: begin, end }] of tokens.entries()) {
    const word = text.toLowerCase();
    if (word === '(') depth += 1;
    else if (word === ')') depth = Math.max(0, depth - 1);
    else if (word === 'atomic' && tokens[index - 1]?.text.toLowerCase() === 'begin') isAtomic = true;
    else if (word === 'end' && isAtomic) isAtomic = tokens[index + 1]?.text !== ';' && index + 1 < tokens.length;
    else if (word === ';' && depth === 0 && !isAtomic) {
      cuts.push([start, begin]);
      start = end;
    }
  }
  cuts.push([start, bytes.length]);
  return cuts;
}

function trimEnd(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && (bytes[at - 1]! <= 32 || bytes[at - 1] === 59)) at -= 1;
  return at;
}
