import { OpsError } from '@opsgraph/errors';
import { secretUrl } from '@opsgraph/secrets';
import { expect, it } from 'vitest';
import { readConnectionUrl } from '../src/connection-url.ts';

const read = (url: string) => readConnectionUrl(secretUrl('DATABASE_URL', url));
const refusal = (url: string): Promise<string> =>
  read(url).then(
    () => 'accepted',
    (error: unknown) => (error instanceof OpsError ? `${error.exitCode} ${error.message}` : String(error)),
  );

it('takes place, login and TLS from the URL', async () => {
  expect(await read('postgres://ana:p%40ss@db:6543/shop?sslmode=disable')).toMatchObject({
    host: 'db',
    port: 6543,
    user: 'ana',
    password: 'p@ss',
    database: 'shop',
    ssl: false,
  });
  expect(await read('postgres://ana:x@db/shop?sslmode=require')).toMatchObject({ ssl: { rejectUnauthorized: false } });
  expect(await read('postgres://ana:x@db/shop?channel_binding=prefer')).toMatchObject({
    enableChannelBinding: true,
    requiresChannelBinding: false,
  });
  expect(await read('postgres://ana:x@/shop?host=/run/postgresql')).toMatchObject({ host: '/run/postgresql' });
});

it.each(['sslmod=require', 'SSLMODE=require', 'sslmode=verify-full&require_auth=scram-sha-256'])(
  'refuses what the driver would pass over: %s',
  async (query) => {
    expect(await refusal(`postgres://ana:x@db/shop?${query}`)).toMatch(
      /^78 DATABASE_URL has a parameter that is not known: (sslmod|SSLMODE|require_auth)$/,
    );
  },
);

it('refuses another client_encoding than the one it reads', async () => {
  expect(await refusal('postgres://ana:x@db/shop?client_encoding=LATIN1')).toBe(
    '78 DATABASE_URL asks for a client_encoding other than UTF8',
  );
  expect(await refusal('postgres://ana:x@db/shop?client_encoding=utf-8')).toBe('accepted');
});

it.each(['channel_binding=yes', 'sslmode=verfy-full', 'sslmode=REQUIRE', 'sslmode='])(
  'knows what a parameter may be, and not %s',
  async (parameter) => {
    expect(await refusal(`postgres://ana:x@db/shop?${parameter}`)).toBe(
      `78 DATABASE_URL has an unknown ${parameter.split('=')[0]}`,
    );
  },
);

it('says what is wrong with the certificate, not that the URL is none', async () => {
  expect(await refusal('postgres://ana:x@db/shop?sslmode=verify-full&sslrootcert=/nowhere/ca.pem')).toBe(
    '78 DATABASE_URL cannot be used: the file of sslrootcert cannot be read (ENOENT)',
  );
  expect(await refusal('postgres://ana:x@db/shop?sslmode=verify-ca')).toMatch(
    /^78 DATABASE_URL cannot be used: .*sslrootcert/,
  );
});

it.each([
  'mysql://ana:x@db/shop',
  'db/shop',
  'postgres://ana:s3cret@db:port/shop',
  'postgres://ana:sek?retFFF@host/x',
  'postgres://ana:sek/retFFF@host/x',
  'postgres://ana:sek#retFFF@host/x',
  'postgres://ana:1234?retFFF@host/x',
  'postgres://ana:sek/ret?F@host/x',
  'postgres://ana:sek?retFFF',
  'postgres://ana:s@k?ret/FFF@host/x#y',
])('knows what is no URL, or could be read in two ways, and shows none of it: %s', async (url) => {
  expect(await refusal(url)).toBe('78 DATABASE_URL is not a PostgreSQL URL');
});

it.each([
  ['postgres://ana:s@k?retFFF@host/x', 'retFFF'],
  ['postgres://ana:x@db/shop?pass:retFFF', 'retFFF'],
  ['postgres://ana:x@db/shop?port=retFFF', 'retFFF'],
  ['postgres://ana:x@db/shop?sslmode=verify-full&sslkey=retFFF', 'retFFF'],
])('quotes no value and nothing that may be one: %s', async (url, tail) => {
  const shown = await refusal(url);
  expect(shown).toMatch(/^78 /);
  expect(shown).not.toContain(tail);
});

it.each([
  'postgres://db:5432/shop?user=ana@tenant&password=x',
  'postgres://[::1]:5432/shop?user=ana',
  'postgres:///shop?host=/run/postgresql',
  'postgres://ana:a@b@db/shop',
])('takes %s, which is only unusual', async (url) => {
  expect(await refusal(url)).toBe('accepted');
});
