import { hash } from 'node:crypto';

/**
 * sha256 of a program's text, in hex, without what cannot matter: a byte
 * order mark, and whether its lines end with LF or CRLF, which JavaScript
 * reads as the same.
 */
export function sourceDigest(bytes: Buffer): string {
  return hash('sha256', asLf(bytes));
}

/** Whether a recorded digest is of this text; earlier versions recorded that of the bytes, as they were checked out. */
export function isDigestOf(bytes: Buffer, recorded: string): boolean {
  const lf = asLf(bytes);
  const texts = [lf, lf.replaceAll('\n', '\r\n')];
  return [...texts, ...texts.map((text) => `\ufeff${text}`)].some((text) => hash('sha256', text) === recorded);
}

function asLf(bytes: Buffer): string {
  return bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replaceAll(/\r\n?/g, '\n');
}
