import { once } from 'node:events';
import { expect, it } from 'vitest';
import { knownSecrets } from '../src/known-secrets.ts';
import { maskingStream } from '../src/masking-stream.ts';

/** mulberry32: the same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

async function through(secrets: ReturnType<typeof knownSecrets>, pieces: readonly Buffer[]): Promise<string> {
  const stream = maskingStream(secrets);
  let text = '';
  stream.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  for (const piece of pieces) stream.write(piece);
  stream.end();
  await once(stream, 'end');
  return text;
}

// Of two letters almost every secret ends as it begins, or is the beginning of another one.
it('1000 times: two secrets of two letters, cut anywhere, come out of the stream as out of the mask', async () => {
  for (let seed = 1; seed <= 1000; seed += 1) {
    const below = numbers(seed);
    const word = (length: number): string => Array.from({ length }, () => 'ab'[below(2)]).join('');
    const first = word(4 + below(5));
    const second = below(2) === 0 ? first + word(1 + below(4)) : word(4 + below(5));
    const secrets = knownSecrets();
    secrets.register(first);
    secrets.register(second);
    const filler = (): string => ['', '-', 'a', 'b-', '-ab', '-b'][below(6)]!;
    const text = [filler(), [first, second][below(2)], filler(), [first, second][below(2)], filler()].join('');
    const bytes = Buffer.from(text);
    const cuts = Array.from({ length: below(4) }, () => below(bytes.length + 1)).sort((a, b) => a - b);
    const pieces = [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length));
    const shown = await through(secrets, pieces);
    const story = `seed ${seed}: ${first}, ${second} in ${text} cut at ${cuts}`;
    expect([story, shown]).toEqual([story, secrets.mask(text)]);
    expect([story, shown.includes(first) || shown.includes(second)]).toEqual([story, false]);
  }
});

it('of two secrets, one the beginning of the other, hides the shorter at the end, whole or after it was held back', async () => {
  const secrets = knownSecrets();
  secrets.register('begin-alike');
  secrets.register('begin-alike-longer');
  expect(await through(secrets, [Buffer.from('x begin-alike')])).toBe('x ***');
  expect(await through(secrets, [Buffer.from('x begin-alike-lon')])).toBe('x ***-lon');
});

it('hides a secret that ends as it begins when a chunk ends with it', async () => {
  const secrets = knownSecrets();
  secrets.register('canary-can');
  expect(await through(secrets, [Buffer.from('x canary-can'), Buffer.from(' y')])).toBe('x *** y');
});

it('25 times: a random secret of any characters in any form, byte by byte', async () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const below = numbers(seed);
    const characters = ['a', 'Z', '7', '/', '+', '=', '%', '"', "'", '\\', ' ', '\n', '&', '$', 'ü', '🚀', '@', '?'];
    const secret = Array.from({ length: 8 + below(60) }, () => characters[below(characters.length)]).join('');
    const secrets = knownSecrets();
    secrets.register(secret);
    for (const [form, written] of writings(secret)) {
      const text = `begin ${written} end`;
      const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
      expect([seed, form, secrets.mask(text)]).toEqual([seed, form, 'begin *** end']);
      if (seed % 10 === 0) expect([seed, form, await through(secrets, bytes)]).toEqual([seed, form, 'begin *** end']);
    }
  }
});

/** Made without the code that is tested. */
function writings(secret: string): [string, string][] {
  const inner = (text: string): string => JSON.stringify(text).replace(/^"|"$/g, '');
  return [
    ['raw', secret],
    ['in a URL', encodeURIComponent(secret)],
    ['in a URL in a URL', encodeURIComponent(encodeURIComponent(secret))],
    ['as a form', String(new URLSearchParams([['', secret]])).slice(1)],
    ['in JSON', inner(secret)],
    ['in JSON in JSON', inner(inner(secret))],
    ['in single quotes of a shell', secret.split("'").join("'\\''")],
    ['in SQL', secret.split("'").join("''")],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    ['a URL in hexadecimal', Buffer.from(encodeURIComponent(secret)).toString('hex')],
  ];
}

it('300 times: a random secret in base64 of a longer text, as it is, in a URL and in JSON', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const below = numbers(seed);
    const secret = Array.from({ length: 8 + below(30) }, () => String.fromCharCode(33 + below(94))).join('');
    const secrets = knownSecrets();
    secrets.register(secret);
    const before = 'user:'.slice(below(6));
    for (const written of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const shown = secrets.mask(Buffer.from(`${before}${written}@host`).toString(encoding));
        const rest = shown.split('***').map((part) => part.length);
        // A character of base64 at each edge also depends on its neighbours.
        expect([seed, rest.length, rest[0]! <= 8, rest[1]! <= 10]).toEqual([seed, 2, true, true]);
      }
    }
  }
});

it('hides each line of a secret of several, and the key in a document that is one, but no words that all keys have', () => {
  const secrets = knownSecrets();
  const lines = [
    '-----BEGIN PRIVATE KEY-----',
    'MIIEvQIBADANBgkqhkiG9w0B',
    'AQEFAASCBKcwggSjAgEAAoIB',
    '-----END PRIVATE KEY-----',
  ];
  secrets.register(lines.join('\n'));
  expect(lines.map((line) => secrets.mask(`| ${line}`))).toEqual([`| ${lines[0]}`, '| ***', '| ***', `| ${lines[3]}`]);
  const other = knownSecrets();
  other.register(JSON.stringify({ type: 'service_account', private_key: `a-private-key\nof-two-lines` }));
  expect(other.mask('service_account a-private-key of-two-lines')).toBe('service_account *** ***');
});
