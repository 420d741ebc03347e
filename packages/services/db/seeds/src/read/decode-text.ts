import { isUtf8 } from 'node:buffer';
import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Report } from '../problems.ts';

/** Four times as much took 70 MiB more memory for a million rows of CSV, and a fifth more of the processor. */
const chunkSize = 64 * 1024;

/**
 * The text of a file in pieces, without its byte order mark; every byte also
 * goes into `hash`. Ends at the first byte that is no UTF-8, which is reported.
 */
export async function* decodeText(path: string, hash: Hash, report: Report): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: chunkSize }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = completeEnd(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) return reportBadByte(path, offset + firstBadByte(whole), bytes, report);
    const text = whole.toString('utf8');
    yield offset === 0 && text.startsWith('\uFEFF') ? text.slice(1) : text;
    offset += end;
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) await reportBadByte(path, offset, rest, report);
}

/** Where the last complete character ends: at most three bytes before the end. */
function completeEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** By halving: a prefix that ends inside a character is cut back to its start first. */
function firstBadByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const end = completeEnd(bytes.subarray(0, middle));
    if (end > good && isUtf8(bytes.subarray(good, end))) good = end;
    else if (end > good) bad = middle;
    else break;
  }
  for (let length = 1; length <= 4; length += 1) {
    if (isUtf8(bytes.subarray(good, good + length))) {
      good += length;
      length = 0;
    }
  }
  return good;
}

async function reportBadByte(path: string, offset: number, around: Buffer, report: Report): Promise<void> {
  const mark = offset === 0 ? around.subarray(0, 2).toString('hex') : '';
  if (mark === 'fffe' || mark === 'feff') return report({ line: 1, column: 1 }, 'the file is UTF-16; save it as UTF-8');
  let line = 1;
  let column = 1;
  let value = 0;
  let position = 0;
  for await (const chunk of createReadStream(path, { end: offset }) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      value = byte;
      if (position === offset) break;
      position += 1;
      if (byte === 10) [line, column] = [line + 1, 1];
      // bytes that continue a character are not counted
      else if ((byte & 0xc0) !== 0x80) column += 1;
    }
  }
  report({ line, column }, `byte 0x${value.toString(16).padStart(2, '0')} is not UTF-8; save the file as UTF-8`);
}
