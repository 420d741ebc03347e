/** Shorter values would mask half of every sentence; nothing that short is a secret. */
const shortestSecret = 4;

/**
 * Every way a secret may be written out: as it is, URL-encoded, escaped inside
 * JSON, in hexadecimal, and in base64 (standard and URL-safe) at each of the
 * three positions it can have inside a longer encoded text.
 */
export function writtenForms(value: string): string[] {
  if (value.length < shortestSecret) return [];
  const bytes = Buffer.from(value);
  const forms = new Set([
    value,
    encodeURIComponent(value),
    encodeURI(value),
    JSON.stringify(value).slice(1, -1),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ]);
  forms.add(new URLSearchParams({ v: value }).toString().slice(2));
  // Some encoders write %2f, not %2F.
  for (const form of [...forms]) forms.add(form.replace(/%[0-9A-F]{2}/g, (written) => written.toLowerCase()));
  for (const offset of [0, 1, 2]) {
    const standard = base64Within(bytes, offset);
    // A short core would also match text that has nothing to do with the secret.
    if (standard.length < shortestSecret) continue;
    forms.add(standard);
    forms.add(standard.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...forms];
}

/** The base64 characters that depend on `bytes` alone when `offset` bytes stand before them. */
function base64Within(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  return encoded.slice(first, end);
}
