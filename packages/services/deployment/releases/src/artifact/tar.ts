import type { FileHandle } from 'node:fs/promises';
import { OpsError } from '@opsgraph/errors';
import type { ReleaseFile } from './manifest.ts';

const block = 512;
/** Bytes of a file that are in memory at once. */
const pieceSize = 1 << 20;
/** 2000-01-01: the same in every archive, and not so old that tar warns. */
const modified = 946_684_800;

/** What is in a file: read at once, or piece by piece. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * A tar archive (ustar, long names as pax) in which nothing depends on who
 * wrote it and when: owner 0, one time, no more of the permissions than the
 * manifest has. Files are never in memory as a whole when `read` gives pieces.
 *
 * @throws OpsError APPLICATION_CHANGED (75) when a file has not the size that is said
 */
export async function* writeTar(
  files: readonly ReleaseFile[],
  read: (path: string) => Promise<Content> | Content,
): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield* tarHead(file);
    const content = await read(file.path);
    let size = 0;
    for await (const piece of content instanceof Uint8Array ? [content] : content) {
      size += piece.length;
      yield piece;
    }
    if (size !== file.size) throw changed(file.path);
    // a stream takes an empty piece for nothing to read
    if (padding(size) > 0) yield new Uint8Array(padding(size));
  }
  yield new Uint8Array(2 * block);
}

/** Bytes of the archive that writeTar makes of these. */
export function tarSize(files: readonly ReleaseFile[]): number {
  return files.reduce((sum, file) => {
    const head = [...tarHead(file)].reduce((bytes, piece) => bytes + piece.length, 0);
    return sum + head + file.size + padding(file.size);
  }, 2 * block);
}

function* tarHead({ path, mode, size }: Pick<ReleaseFile, 'path' | 'mode' | 'size'>): Generator<Uint8Array> {
  const name = splitName(path);
  if (name === undefined) {
    const record = paxRecord('path', path);
    yield header({ name: 'pax', prefix: '', mode: '644', size: record.length, type: 'x' });
    yield padded(record);
  }
  yield header({ ...(name ?? { name: 'see-pax', prefix: '' }), mode, size, type: '0' });
}

/** A hard link to a file that is there where the archive is unpacked. Long names as GNU has them: busybox knows no others. */
export function* tarLink(path: string, target: string): Generator<Uint8Array> {
  for (const [type, long] of [
    ['L', path],
    ['K', target],
  ] as const) {
    const text = Buffer.from(`${long}\0`);
    if (text.length <= 100) continue;
    yield header({ name: '././@LongLink', prefix: '', mode: '644', size: text.length, type });
    yield padded(text);
  }
  yield header({ name: cut(path), prefix: '', mode: '644', size: 0, type: '1', target: cut(target) });
}

export interface TarEntry {
  path: string;
  /** Of the content in the archive, in bytes. */
  offset: number;
  size: number;
}

/** Where each file lies in an archive that {@link writeTar} made; none when it is no whole archive. */
export async function readTarEntries(archive: FileHandle): Promise<TarEntry[]> {
  const { size: whole } = await archive.stat();
  const entries: TarEntry[] = [];
  let longPath: string | undefined;
  for (let at = 0; at + block <= whole; ) {
    const head = await readAt(archive, at, block);
    if (head[0] === 0) break;
    const size = Number.parseInt(text(head, 124, 12), 8);
    const offset = at + block;
    if (!Number.isSafeInteger(size) || offset + size > whole) return [];
    if (head[156] === 'x'.charCodeAt(0)) {
      longPath = /^\d+ path=(.*)\n$/s.exec((await readAt(archive, offset, size)).toString())?.[1];
    } else {
      const prefix = text(head, 345, 155);
      const path = longPath ?? (prefix === '' ? text(head, 0, 100) : `${prefix}/${text(head, 0, 100)}`);
      entries.push({ path, offset, size });
      longPath = undefined;
    }
    at = offset + size + padding(size);
  }
  return entries;
}

/** The content of a file in an archive, piece by piece. */
export async function* readTarContent(archive: FileHandle, { offset, size }: TarEntry): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < size; done += pieceSize)
    yield await readAt(archive, offset + done, Math.min(pieceSize, size - done));
}

async function readAt(archive: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await archive.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function header(entry: {
  name: string;
  prefix: string;
  mode: string;
  size: number;
  type: string;
  target?: string;
}): Uint8Array {
  const head = Buffer.alloc(block);
  head.write(entry.name, 0);
  head.write(`${entry.mode.padStart(7, '0')}\0`, 100);
  head.write('0000000\0', 108);
  head.write('0000000\0', 116);
  head.write(`${octal(entry.size, 11)}\0`, 124);
  head.write(`${octal(modified, 11)}\0`, 136);
  head.write('        ', 148);
  head.write(entry.type, 156);
  head.write(entry.target ?? '', 157);
  head.write('ustar\u000000', 257);
  head.write(entry.prefix, 345);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${octal(sum, 6)}\0 `, 148);
  return head;
}

/** A longer name is complete in the entry before. */
function cut(name: string): string {
  return Buffer.byteLength(name) < 100 ? name : 'see-long-name';
}

/** ustar has 100 bytes for the name and 155 for the directories before it. */
function splitName(path: string): { name: string; prefix: string } | undefined {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return { name, prefix };
  }
  return undefined;
}

/** `27 path=…\n`: the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function padded(content: Uint8Array): Uint8Array {
  const whole = new Uint8Array(content.length + padding(content.length));
  whole.set(content);
  return whole;
}

/** Bytes up to the next block. */
function padding(size: number): number {
  return Math.ceil(size / block) * block - size;
}

function changed(path: string): OpsError {
  return new OpsError({
    code: 'APPLICATION_CHANGED',
    exit: 'tryLater',
    message: `${path} was changed while it was packed`,
    hint: 'wait until the program that writes it has ended, and try again',
  });
}

function octal(number: number, digits: number): string {
  return number.toString(8).padStart(digits, '0');
}

function text(head: Buffer, at: number, length: number): string {
  const field = head.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end === -1 ? length : end).toString();
}
