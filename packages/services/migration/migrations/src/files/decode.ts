/** The text of a file, or why it is none. A byte order mark is dropped. */
export function decodeText(bytes: Buffer): { text: string } | { line: number; message: string } {
  const nul = bytes.indexOf(0);
  if (nul >= 0) return { line: lineOf(bytes, nul), message: 'has a NUL byte' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { line: lineOf(bytes, firstInvalid(bytes)), message: 'is not valid UTF-8' };
  }
}

/** The text of a file that may be none, to look for words in it: bytes that are no UTF-8 count as UTF-16 or something unknown. */
export function decodeAnyText(bytes: Buffer): string {
  const encoding =
    bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** What is kept in the ledger, where text has no NUL. */
export function storableText(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll('\0', '');
}

function firstInvalid(bytes: Buffer): number {
  const decoded = Buffer.from(bytes.toString('utf8'));
  let at = 0;
  while (at < bytes.length && bytes[at] === decoded[at]) at += 1;
  return at;
}

function lineOf(bytes: Buffer, offset: number): number {
  return bytes.subarray(0, offset).filter((byte) => byte === 10).length + 1;
}
