import type { HttpAnswer } from './host.ts';

/** A whole answer of HTTP/1.1 as text, with a body that is chunked or not. */
export function parseHttpAnswer(text: string): HttpAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end === -1 ? text.length : end).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0);
  if (status === 0)
    throw new Error(text === '' ? 'the connection was closed without an answer' : 'the answer is no HTTP');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const raw = text.slice(end + 4);
  const isChunked = /chunked/i.test(headers['transfer-encoding'] ?? '');
  return { status, headers, body: isChunked ? joinChunks(raw) : raw };
}

function joinChunks(raw: string): string {
  const bytes = Buffer.from(raw);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString(), 16);
    if (lineEnd === -1 || !(size > 0)) break;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts).toString();
}
