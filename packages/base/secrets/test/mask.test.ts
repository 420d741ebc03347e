import { once } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { mask, maskDeep, maskingStream, register, Secret, secretUrl } from '../src/index.ts';

const value = 'p@ss/w ord+"%ü';
register(value);
register('begin-alike');
register('begin-alike-longer');

describe('mask', () => {
  it.each([
    ['raw', value],
    ['URL-encoded', encodeURIComponent(value)],
    ['as a form', new URLSearchParams({ x: value }).toString().slice(2)],
    ['in JSON', JSON.stringify(value).slice(1, -1)],
    ['in hexadecimal', Buffer.from(value).toString('hex')],
  ])('hides a secret %s', (_form, text) => {
    expect(mask(`before ${text} after`)).toBe('before *** after');
  });

  it.each(['', 'a', 'ab', 'abc', 'user:'])('hides it in base64 of a longer text that begins with %j', (prefix) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const shown = mask(Buffer.from(`${prefix}${value} and more`).toString(encoding));
      expect(shown).toContain('***');
      // What is left says nothing: fewer bytes than the secret's edges.
      expect(Buffer.from(shown.replaceAll('***', ''), encoding).toString('latin1')).not.toContain('ss/w');
    }
  });

  it('hides the longer of two secrets that begin alike', () => {
    expect(mask('begin-alike-longer begin-alike')).toBe('*** ***');
  });

  it('reaches into keys, lists and objects', () => {
    expect(maskDeep({ [value]: [value, { inner: `x${value}` }], n: 1, none: null })).toEqual({
      '***': ['***', { inner: 'x***' }],
      n: 1,
      none: null,
    });
  });

  it('leaves short values alone: they would hide half of every sentence', () => {
    register('abc');
    expect(mask('abcdef')).toBe('abcdef');
  });
});

describe('maskingStream', () => {
  it('hides a secret wherever it is split, byte by byte', async () => {
    const bytes = Buffer.from(`begin ${value} middle ${encodeURIComponent(value)} end`);
    for (let cut = 1; cut < bytes.length; cut += 1)
      expect(await through([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe('begin *** middle *** end');
    expect(await through([...bytes].map((byte) => Buffer.from([byte])))).toBe('begin *** middle *** end');
  });

  it('does not lose what only looks like the beginning of one', async () => {
    expect(await through([Buffer.from('p@s'), Buffer.from('s/'), Buffer.from('word')])).toBe('p@ss/word');
  });

  it('hides the longer one also when the shorter ends a chunk', async () => {
    expect(await through([Buffer.from('x begin-alike'), Buffer.from('-longer y')])).toBe('x *** y');
  });
});

describe('a Secret', () => {
  it('shows its name, never its value, in text, JSON and inspection', () => {
    const secret = new Secret('DATABASE_PASSWORD', 'very-secret-value');
    for (const shown of [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect(secret, { showHidden: true }),
    ]) {
      expect(shown).toContain('DATABASE_PASSWORD');
      expect(shown).not.toContain('very-secret-value');
    }
    expect(secret.reveal()).toBe('very-secret-value');
  });

  it('in a URL hides the password alone too, decoded and as written', () => {
    secretUrl('DATABASE_URL', 'postgres://ana:s%2Fcret-word@db/x');
    expect(mask('s%2Fcret-word s/cret-word')).toBe('*** ***');
    expect(mask('postgres://ana:s%2Fcret-word@db/x')).toBe('***');
    secretUrl('DATABASE_URL', 'postgres://ana:half@whole-word@db/x?sslmode=disable');
    secretUrl('DATABASE_URL', 'postgres://db/x?user=ana&password=que%2Fry-word');
    expect(mask('half@whole-word que/ry-word que%2fry-word')).toBe('*** *** ***');
  });

  it('is masked in an object that turns itself into JSON', () => {
    secretUrl('DATABASE_URL', 'postgres://ana:inside-an-object@db/x');
    const url = new URL('postgres://ana:inside-an-object@db/y');
    expect(maskDeep({ url, at: new Date(0) })).toEqual({
      url: 'postgres://ana:***@db/y',
      at: '1970-01-01T00:00:00.000Z',
    });
  });
});

async function through(chunks: Buffer[]): Promise<string> {
  const stream = maskingStream();
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await once(stream, 'end');
  return text;
}
