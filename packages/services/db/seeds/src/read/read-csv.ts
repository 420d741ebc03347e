import type { Report } from '../problems.ts';
import { type FileRow, largestRow, special } from './row.ts';

/**
 * CSV as RFC 4180 and PostgreSQL's COPY have it: a line of headings, commas,
 * double quotes; an empty field is null, "" is the empty text.
 */
export async function* readCsv(chunks: AsyncIterable<string>, report: Report): AsyncGenerator<FileRow[]> {
  let headings: string[] | undefined;
  let rest = '';
  let line = 1;
  let isRefused = false;

  /** Takes the records that are complete; returns where the rest begins. */
  function take(text: string, isLast: boolean, rows: FileRow[]): number {
    let at = 0;
    while (at < text.length) {
      const separator = headings === undefined ? otherSeparator(text, at, isLast) : undefined;
      if (separator !== undefined) {
        report({ line }, `the headings are separated by ${separator}; save the file with commas`);
        isRefused = true;
        return text.length;
      }
      const record = readRecord(text, at, line, isLast, report);
      if (record === undefined) break;
      const { fields, end, breaks } = record;
      if (!isBlank(fields)) {
        if (headings === undefined) headings = checkHeadings(fields, line, report);
        else if (fields.length === headings.length)
          rows.push({ line, column: 1, fields: combine(headings, fields), isPlain: record.isPlain });
        else report({ line }, `${fields.length} fields where the headings are ${headings.length}`);
      }
      line += breaks;
      at = end;
    }
    return at;
  }

  for await (const chunk of chunks) {
    const text = rest + chunk;
    const rows: FileRow[] = [];
    rest = text.slice(take(text, false, rows));
    if (isRefused) return;
    if (rows.length > 0) yield rows;
    if (rest.length > largestRow) return report({ line }, 'the row is larger than 32 MiB; is a closing quote missing?');
  }
  const rows: FileRow[] = [];
  take(rest, true, rows);
  if (rows.length > 0) yield rows;
  if (headings === undefined && !isRefused) report({ line: 1 }, 'expected a line of headings, found none');
}

interface CsvRecord {
  fields: (string | null)[];
  end: number;
  /** Line breaks it takes, its own included. */
  breaks: number;
  isPlain: boolean;
}

function readRecord(text: string, start: number, line: number, isLast: boolean, report: Report): CsvRecord | undefined {
  const lineEnd = text.indexOf('\n', start);
  if (lineEnd === -1 && !isLast) return undefined;
  const end = lineEnd === -1 ? text.length : lineEnd;
  const content = text.slice(start, text.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end);
  if (!content.includes('"')) {
    const fields: (string | null)[] = content.split(',');
    for (let index = 0; index < fields.length; index += 1) if (fields[index] === '') fields[index] = null;
    return { fields, end: end + 1, breaks: 1, isPlain: !special.test(content) };
  }
  return readQuoted(text, start, line, isLast, report);
}

function readQuoted(text: string, start: number, line: number, isLast: boolean, tell: Report): CsvRecord | undefined {
  // reported at the end: a record that continues in the next chunk is read again from its beginning
  const found: Parameters<Report>[] = [];
  const report: Report = (...problem) => void found.push(problem);
  const record = scanQuoted(text, start, line, isLast, report);
  if (record !== undefined) for (const problem of found) tell(...problem);
  return record;
}

function scanQuoted(text: string, start: number, line: number, isLast: boolean, report: Report): CsvRecord | undefined {
  const fields: (string | null)[] = [];
  let breaks = 0;
  let at = start;
  let lineStart = start;
  for (;;) {
    if (text[at] === '"') {
      const opened = { line: line + breaks, column: at - lineStart + 1 };
      let value = '';
      let from = at + 1;
      for (;;) {
        const close = text.indexOf('"', from);
        if (close === -1) {
          if (!isLast) return undefined;
          report(opened, 'this quote is never closed');
          return { fields: [], end: text.length, breaks, isPlain: false };
        }
        value += text.slice(from, close);
        at = close + 1;
        if (text[at] !== '"') break;
        value += '"';
        from = at + 1;
      }
      for (let index = value.indexOf('\n'); index !== -1; index = value.indexOf('\n', index + 1)) breaks += 1;
      if (breaks > 0) lineStart = text.lastIndexOf('\n', at - 1) + 1;
      fields.push(value);
      // the chunk may end between the two quotes of an escaped one
      if (at >= text.length && !isLast) return undefined;
      if (at < text.length && !/[,\r\n]/.test(text[at]!)) {
        report(
          { line: line + breaks, column: at - lineStart + 1 },
          `expected "," or the line's end after the closing quote, found ${JSON.stringify(text[at])}`,
        );
      }
    } else {
      const ends = /[",\n]/g;
      ends.lastIndex = at;
      const stop = ends.exec(text)?.index ?? text.length;
      if (text[stop] === '"')
        report(
          { line: line + breaks, column: stop - lineStart + 1 },
          'a quote inside a field that does not begin with one; write "…""…"',
        );
      const value = text.slice(at, stop).replace(/\r$/, '');
      fields.push(value === '' ? null : value);
      at = stop;
    }
    // after a misplaced character: on to the next comma or line
    while (at < text.length && text[at] !== ',' && text[at] !== '\n') at += 1;
    if (at >= text.length) return isLast ? { fields, end: at, breaks: breaks + 1, isPlain: false } : undefined;
    at += 1;
    if (text[at - 1] === '\n') return { fields, end: at, breaks: breaks + 1, isPlain: false };
  }
}

function checkHeadings(fields: readonly (string | null)[], line: number, report: Report): string[] {
  fields.forEach((heading, index) => {
    if (heading === null || heading.trim() === '') report({ line }, `heading ${index + 1} is empty`);
    else if (heading.includes('\r')) report({ line }, 'the lines end with CR alone; save the file with LF or CRLF');
    else if (fields.indexOf(heading) !== index) report({ line }, `the heading "${heading}" occurs twice`);
  });
  return fields.map((heading) => heading?.trim() ?? '');
}

function combine(headings: readonly string[], fields: readonly (string | null)[]): Record<string, string | null> {
  const row: Record<string, string | null> = {};
  for (let index = 0; index < headings.length; index += 1) row[headings[index]!] = fields[index]!;
  return row;
}

function isBlank(fields: readonly (string | null)[]): boolean {
  return fields.length === 0 || (fields.length === 1 && fields[0] === null);
}

/** What separates the headings at `start` when it is no comma, in words. */
function otherSeparator(text: string, start: number, isLast: boolean): string | undefined {
  const end = text.indexOf('\n', start);
  if (end === -1 && !isLast) return undefined;
  const headings = text.slice(start, end === -1 ? text.length : end);
  if (headings.includes(',')) return undefined;
  if (headings.includes(';')) return 'semicolons';
  return headings.includes('\t') ? 'tabs' : undefined;
}
