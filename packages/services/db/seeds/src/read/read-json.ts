import type { Report } from '../problems.ts';
import { parseRow } from './parse-row.ts';
import { type FileRow, largestRow } from './row.ts';

const [tab, newline, carriageReturn, space, quote, comma, openBracket, backslash, closeBracket, openBrace, closeBrace] =
  [9, 10, 13, 32, 34, 44, 91, 92, 93, 123, 125];

type State = 'before' | 'first' | 'element' | 'inside' | 'next' | 'after';

/**
 * The objects of a JSON array, one after the other: the array is never in
 * memory as a whole. A broken element is reported and the next one read.
 */
export async function* readJson(chunks: AsyncIterable<string>, report: Report): AsyncGenerator<FileRow[]> {
  let state = 'before' as State;
  let isBroken = false;
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  // of the element that is being read
  let start = 0;
  let startLine = 1;
  let startColumn = 1;
  let line = 1;
  let lineStart = 0;
  let rest = '';

  const fail: Report = (...problem): void => {
    isBroken = true;
    report(...problem);
  };

  for await (const chunk of chunks) {
    const text = rest + chunk;
    const rows: FileRow[] = [];
    const finish = (end: number): void => {
      const row = parseRow(text.slice(start, end), startLine, startColumn, fail);
      if (row !== undefined) rows.push(row);
      state = 'next';
    };
    for (let at = rest.length; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (code === backslash) isEscaped = true;
        else if (code === quote) isInString = false;
        else if (code === newline) {
          report(
            { line, column: at - lineStart + 1 },
            'broken JSON: the line ends inside a string; is a quote missing?',
          );
          if (rows.length > 0) yield rows;
          return;
        }
        if (isInString || depth > 0) continue;
        finish(at + 1);
        continue;
      }
      if (state === 'inside') {
        if (code === quote) isInString = true;
        else if (code === openBrace || code === openBracket) depth += 1;
        else if (code === closeBrace || code === closeBracket) {
          depth -= 1;
          if (depth === 0) finish(at + 1);
        } else if (code === newline) {
          line += 1;
          lineStart = at + 1;
        }
        // a bare value ends where the array continues
        if (depth > 0 || state !== 'inside' || isInString) continue;
        if (
          code !== comma &&
          code !== closeBracket &&
          code !== space &&
          code !== newline &&
          code !== tab &&
          code !== carriageReturn
        )
          continue;
        finish(at);
      }
      if (code === newline && lineStart !== at + 1) {
        line += 1;
        lineStart = at + 1;
      }
      if (code === space || code === newline || code === tab || code === carriageReturn) continue;
      const place = { line, column: at - lineStart + 1 };
      if (state === 'before') {
        if (code !== openBracket)
          return report(
            place,
            `expected an array of objects, found ${code === openBrace ? 'an object; put it into [ ]' : JSON.stringify(text[at])}`,
          );
        state = 'first';
      } else if (state === 'next' && code === comma) state = 'element';
      else if (code === closeBracket && (state === 'next' || state === 'first')) state = 'after';
      else if (state === 'first' || state === 'element') {
        if (code === comma || code === closeBracket) {
          fail(place, `broken JSON: expected an object, found "${text[at]}"`);
          if (code === closeBracket) state = 'after';
          continue;
        }
        [start, startLine, startColumn] = [at, place.line, place.column];
        depth = code === openBrace || code === openBracket ? 1 : 0;
        isInString = code === quote;
        state = 'inside';
      } else {
        fail(
          place,
          `broken JSON: expected ${state === 'after' ? 'the end' : '"," or "]"'}, found ${JSON.stringify(text[at])}`,
        );
        if (rows.length > 0) yield rows;
        return;
      }
    }
    const kept = state === 'inside' ? start : text.length;
    rest = text.slice(kept);
    start = 0;
    lineStart -= kept;
    if (rest.length > largestRow)
      return report({ line: startLine, column: startColumn }, 'the row is larger than 32 MiB; is a bracket missing?');
    if (rows.length > 0) yield rows;
  }
  // an unclosed element has mostly been reported already
  if (state !== 'after' && !isBroken) {
    report(
      { line, column: rest.length - lineStart + 1 },
      state === 'before'
        ? 'expected an array of objects, found nothing'
        : `broken JSON: the file ends inside ${state === 'inside' ? `the row that begins in line ${startLine}` : 'the array'}`,
    );
  }
}
