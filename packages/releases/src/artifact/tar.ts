import type { ReleaseFile } from './manifest.ts';

const block = 512;
/** 2000-01-01: the same in every archive, and not so old that tar warns. */
const modified = 946_684_800;

/**
 * A tar archive (ustar, long names as pax) in which nothing depends on who
 * wrote it and when: owner 0, one time, modes 644 and 755.
 *
 * @param read the content of a file; it must have the size that is said
 */
export async function* writeTar(
  files: readonly ReleaseFile[],
  read: (path: string) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const file of files) yield* tarEntry(file, await read(file.path));
  yield new Uint8Array(2 * block);
}

function* tarEntry(
  { path, mode, size }: Pick<ReleaseFile, 'path' | 'mode' | 'size'>,
  content: Uint8Array,
): Generator<Uint8Array> {
  const name = splitName(path);
  if (name === undefined) {
    const record = paxRecord('path', path);
    yield header({ name: 'pax', prefix: '', mode: '644', size: record.length, type: 'x' });
    yield padded(record);
  }
  yield header({ ...(name ?? { name: 'see-pax', prefix: '' }), mode, size, type: '0' });
  yield padded(content);
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

/** Where each file lies in an archive that {@link writeTar} made. */
export function tarEntries(archive: Buffer): TarEntry[] {
  const entries: TarEntry[] = [];
  let longPath: string | undefined;
  for (let at = 0; at + block <= archive.length && archive[at] !== 0; ) {
    const head = archive.subarray(at, at + block);
    const size = Number.parseInt(text(head, 124, 12), 8);
    const offset = at + block;
    if (!Number.isSafeInteger(size) || offset + size > archive.length) return [];
    if (head[156] === 'x'.charCodeAt(0)) {
      longPath = /^\d+ path=(.*)\n$/s.exec(archive.subarray(offset, offset + size).toString())?.[1];
    } else {
      const prefix = text(head, 345, 155);
      const path = longPath ?? (prefix === '' ? text(head, 0, 100) : `${prefix}/${text(head, 0, 100)}`);
      entries.push({ path, offset, size });
      longPath = undefined;
    }
    at = offset + Math.ceil(size / block) * block;
  }
  return entries;
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

/** What is longer stands whole in the entry before. */
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
  const whole = new Uint8Array(Math.ceil(content.length / block) * block);
  whole.set(content);
  return whole;
}

function octal(number: number, digits: number): string {
  return number.toString(8).padStart(digits, '0');
}

function text(head: Buffer, at: number, length: number): string {
  const field = head.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end === -1 ? length : end).toString();
}
