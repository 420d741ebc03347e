import type { Report } from '../problems.ts';
import { parseRow } from './parse-row.ts';
import { type FileRow, largestRow } from './row.ts';

/** One JSON object a line; blank lines are skipped. */
export async function* readNdjson(chunks: AsyncIterable<string>, report: Report): AsyncGenerator<FileRow[]> {
  let rest = '';
  let line = 1;
  for await (const chunk of chunks) {
    const text = rest + chunk;
    const rows: FileRow[] = [];
    let start = 0;
    for (let end = text.indexOf('\n', rest.length); end !== -1; end = text.indexOf('\n', start)) {
      parseLine(text.slice(start, end), line, rows, report);
      line += 1;
      start = end + 1;
    }
    rest = text.slice(start);
    if (rest.length > largestRow) return report({ line, column: 1 }, 'the line is longer than 32 MiB');
    if (rows.length > 0) yield rows;
  }
  const last: FileRow[] = [];
  parseLine(rest, line, last, report);
  if (last.length > 0) yield last;
}

function parseLine(text: string, line: number, rows: FileRow[], report: Report): void {
  if (text.trim() === '') return;
  const row = parseRow(text, line, 1, report);
  if (row !== undefined) rows.push(row);
}
