/** Shorter values would mask half of every sentence; nothing that short is a secret. */
const shortestSecret = 4;
/** Of a part of a secret: a line of it, a value in it. Shorter ones are words. */
const shortestPart = 8;

/**
 * Every way a secret may be written out: as it is and quoted for what it is
 * put into, each of that in hexadecimal and in base64; and its parts likewise:
 * each line, and what a JSON document among secrets calls a secret.
 */
export function writtenForms(value: string): string[] {
  if (value.length < shortestSecret) return [];
  const forms = new Set<string>();
  for (const part of [value, ...partsOf(value)]) {
    for (const quoted of quotedForms(part)) {
      forms.add(quoted);
      for (const encoded of encodedForms(Buffer.from(quoted))) forms.add(encoded);
    }
  }
  return [...forms];
}

function partsOf(value: string): string[] {
  const lines = /[\r\n]/.test(value) ? value.split(/[\r\n]+/).map((line) => line.trim()) : [];
  return [
    // The first and the last line of a key in PEM form are no secret, and the same for all of them.
    ...lines.filter((line) => line.length >= shortestPart && !/^-----[A-Z ]+-----$/.test(line)),
    ...secretsInJson(value).flatMap((inner) => [inner, ...partsOf(inner)]),
  ];
}

/** A service account's file has a private key in it, and much that is none. */
function secretsInJson(value: string): string[] {
  if (!/^\s*[{[]/.test(value)) return [];
  const found: string[] = [];
  try {
    JSON.parse(value, (key, inner: unknown) => {
      if (typeof inner === 'string' && inner.length >= shortestPart && /key|pass|secret|token/i.test(key))
        found.push(inner);
      return inner;
    });
  } catch {
    // only begins like JSON
  }
  return found;
}

function quotedForms(value: string): Set<string> {
  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(value.toWellFormed());
  const forms = new Set([
    value,
    json(value),
    json(json(value)),
    asciiOnly(json(value)),
    url,
    encodeURIComponent(url),
    // RFC 3986 reserves these too
    url.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
    encodeURI(value.toWellFormed()),
    new URLSearchParams({ v: value }).toString().slice(2),
    // a shell's single quotes, and bash's %q
    value.replaceAll("'", `'\\''`),
    value.replace(/[^\w@%+=:,./-]/g, '\\$&'),
    // SQL, with and without E; a libpq connection string; CSV
    value.replaceAll("'", "''"),
    value.replaceAll('\\', '\\\\').replaceAll("'", "''"),
    value.replace(/['\\]/g, '\\$&'),
    value.replaceAll('"', '""'),
    value.replace(/[&<>"']/g, (character) => `&${entities[character]};`),
  ]);
  // Some encoders write %2f, not %2F.
  for (const form of [...forms]) forms.add(form.replace(/%[0-9A-F]{2}/g, (written) => written.toLowerCase()));
  return forms;
}

const entities: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' };

/** As writers of JSON do that trust no encoding. */
function asciiOnly(text: string): string {
  return text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** In hexadecimal, and in base64 (standard and URL-safe) at each of the three positions in a longer encoded text. */
function encodedForms(bytes: Buffer): string[] {
  const forms = [bytes.toString('hex'), bytes.toString('hex').toUpperCase()];
  for (const offset of [0, 1, 2]) {
    const standard = base64Within(bytes, offset);
    // A short core would also match text that has nothing to do with the secret.
    if (standard.length < shortestSecret) continue;
    // base64(1) breaks lines at 76 characters, PEM at 64.
    const lines = [76, 64].flatMap((width) => (standard.length > width ? cut(standard, width) : []));
    for (const form of [standard, ...lines]) forms.push(form, form.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

function cut(text: string, width: number): string[] {
  const lines = text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  return lines.filter((line) => line.length >= shortestPart);
}

/** The base64 characters that depend on `bytes` alone when `offset` bytes come before them. */
function base64Within(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const first = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  return encoded.slice(first, end);
}
