import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Format } from '../data-set.ts';

const lineEnds = ['\n', '\r\n'];
const marks = ['', '\u00ef\u00bb\u00bf'];

/**
 * Whether the file has the given sha256 (hex) when it is written with other
 * line ends, all LF or all CRLF, or with or without a byte order mark: the
 * rows are the same then. A line end inside the quotes of CSV is part of a
 * value and is never changed; in JSON none can be.
 */
export async function differsInLayout(path: string, format: Format, sha256: string): Promise<boolean> {
  const layouts = lineEnds.flatMap((end) =>
    marks.map((mark) => ({ end, hash: createHash('sha256').update(mark, 'latin1') })),
  );
  for await (const piece of pieces(path, format))
    for (const { end, hash } of layouts)
      hash.update(piece.isValue ? piece.text : piece.text.replaceAll(/\r?\n/g, end), 'latin1');
  return layouts.some(({ hash }) => hash.digest('hex') === sha256);
}

/** The bytes after a byte order mark, each as a character; no piece ends between CR and LF. */
async function* pieces(path: string, format: Format): AsyncGenerator<{ text: string; isValue: boolean }> {
  let isStart = true;
  let isValue = false;
  let held = '';
  for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 1024 * 1024 })) {
    let text = held + (chunk as string);
    if (isStart && text.startsWith(marks[1]!)) text = text.slice(marks[1]!.length);
    isStart = false;
    held = text.endsWith('\r') ? '\r' : '';
    text = text.slice(0, text.length - held.length);
    // a doubled quote inside of quotes ends them and begins them again
    for (const part of format === 'csv' ? text.split(/(?=")/) : [text]) {
      if (format === 'csv' && part.startsWith('"')) isValue = !isValue;
      yield { text: part, isValue };
    }
  }
  yield { text: held, isValue };
}
