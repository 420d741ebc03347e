import { secretUrl } from '@opsgraph/secrets';
import { expect, it } from 'vitest';
import { readConnectionUrl } from '../src/connection-url.ts';
import { readParts, withParts } from '../src/url-parts.ts';

const urlOf = (text: string) => secretUrl('DATABASE_URL', text);

const urls = [
  'postgres://ana:p%40ss@db:6543/shop',
  'postgresql://ana:x@db/shop?options=-c%20work_mem%3D8MB&sslmode=disable',
  'postgres://ana:x@/shop?host=/run/postgresql',
  'postgres:///shop?host=/run/postgresql&user=ana&password=p%40ss',
  'postgres://db/shop?user=ana&password=x&port=6543',
  'postgres://other:wrong@db/shop?user=ana&password=x',
  'postgres://ana:x@%2Frun%2Fpostgresql/shop',
  'postgres://ana:x@[::1]:6543/sh%C3%B6p',
];

it.each(urls)('reads of %s what the driver reads', async (text) => {
  const { user, password, database } = await readConnectionUrl(urlOf(text));
  expect(readParts(urlOf(text))).toMatchObject({ user, password, database });
});

it.each(urls)('gives %s another login and database, and leaves the rest', async (text) => {
  const parts = { user: 'app: @role', password: 'o/t?h#e%r', database: 'a b' };
  const before = await readConnectionUrl(urlOf(text));
  const changed = withParts(urlOf(text), parts);
  expect(await readConnectionUrl(changed)).toEqual({ ...before, ...parts });
  // nobody else's driver finds the former login either
  expect(changed.reveal()).not.toMatch(/ana|p%40ss|wrong|by-parameter|-c\+/);
});

it.each(['shop', 'postgres://u:sek?ret@host/x', 'postgres://host:70000/x', 'postgres://u:%zz@host/x', 'host=h'])(
  'refuses what is no URL, or not surely what it seems: %s',
  (text) => {
    const refusal = expect.objectContaining({ code: 'DATABASE_URL_INVALID', exitCode: 78 });
    expect(() => readParts(urlOf(text))).toThrow(refusal);
    expect(() => withParts(urlOf(text), {})).toThrow(refusal);
  },
);
