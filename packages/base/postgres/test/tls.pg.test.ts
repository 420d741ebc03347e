import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectTo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectWithTls, TLSSocket } from 'node:tls';
import { type Secret, secretUrl } from '@opsgraph/secrets';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Session, withSession } from '../src/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'opsgraph-tls-'));
const isDemanded = process.env['OPS_TEST_ALL'] === '1';
const server = secretUrl('OPS_TEST_DATABASE_URL', process.env['OPS_TEST_DATABASE_URL']!);
let proxy: Server;

describe.skipIf(!hasOpenssl() && !isDemanded)('TLS (needs openssl)', () => {
  beforeAll(async () => {
    for (const name of ['server', 'other']) makeCertificate(name);
    await withSession(settings(server), serveTls);
    proxy = await manInTheMiddle(Number(new URL(server.reveal()).port));
  });
  afterAll(() => {
    proxy?.close();
    rmSync(directory, { recursive: true });
  });

  it.each([
    ['sslmode=disable', { tls: false }],
    ['sslmode=require', { tls: true }],
    [`sslmode=verify-full&sslrootcert=${directory}/server.pem`, { tls: true }],
    ['sslmode=require&channel_binding=require', { tls: true }],
    [`sslmode=verify-full&sslrootcert=${directory}/server.pem&channel_binding=require`, { tls: true }],
    ['sslmode=disable&channel_binding=prefer', { tls: false }],
  ])('connects with %s', async (query, expected) => {
    expect(await ask(query)).toEqual(expected);
  });

  it('refuses a certificate that nobody vouches for, and one of another host', async () => {
    const failure = { code: 'DATABASE_UNREACHABLE', exitCode: 69, message: expect.stringContaining('TLS with') };
    await expect(ask(`sslmode=verify-full&sslrootcert=${directory}/other.pem`)).rejects.toMatchObject(failure);
    await expect(
      ask(`sslmode=verify-full&sslrootcert=${directory}/server.pem`, { host: 'localhost' }),
    ).rejects.toMatchObject(failure);
  });

  it('lets a man in the middle pass on a login only where channel binding is not required', async () => {
    const { port } = proxy.address() as AddressInfo;
    expect(await ask('sslmode=require', { port })).toEqual({ tls: true });
    await expect(ask('sslmode=require&channel_binding=require', { port })).rejects.toMatchObject({
      exitCode: 77,
      hint: expect.stringContaining('between here and the server'),
    });
  });

  it('holds no connection without the channel binding that is required', async () => {
    await expect(ask('sslmode=disable&channel_binding=require')).rejects.toMatchObject({
      code: 'CHANNEL_BINDING_MISSING',
      exitCode: 77,
    });
  });
});

function ask(query: string, place: { port?: number; host?: string } = {}): Promise<unknown> {
  const url = new URL(server.reveal());
  url.search = query;
  if (place.port !== undefined) url.port = String(place.port);
  if (place.host !== undefined) url.hostname = place.host;
  return withSession(settings(secretUrl('DATABASE_URL', url.href)), async (session) => {
    const [row] = await session.query('SELECT ssl AS tls FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return row;
  });
}

const settings = (url: Secret) => ({
  url,
  applicationName: 'tls test',
  lockTimeout: 1000,
  statementTimeout: 10_000,
  connectTimeout: 10_000,
});

async function serveTls(session: Session): Promise<void> {
  const [{ place } = { place: '' }] = await session.query<{ place: string }>(
    "SELECT current_setting('data_directory') AS place",
  );
  const { uid, gid } = statSync(place);
  for (const kind of ['pem', 'key']) {
    const at = join(place, `server.${kind}`);
    writeFileSync(at, readFileSync(join(directory, `server.${kind}`)), { mode: 0o600 });
    chownSync(at, uid, gid);
  }
  await session.execute("ALTER SYSTEM SET ssl_cert_file = 'server.pem'");
  await session.execute("ALTER SYSTEM SET ssl_key_file = 'server.key'");
  await session.execute('ALTER SYSTEM SET ssl = on');
  await session.execute('SELECT pg_reload_conf()');
  await vi.waitFor(async () => expect((await session.query('SHOW ssl'))[0]).toEqual({ ssl: 'on' }), 30_000);
}

function makeCertificate(name: string): void {
  const files = ['-keyout', join(directory, `${name}.key`), '-out', join(directory, `${name}.pem`)];
  const facts = ['-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...facts], { stdio: 'pipe' });
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
}

/** Shows its own certificate to the client and passes on what it says to the server. */
function manInTheMiddle(behindIt: number): Promise<Server> {
  const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
  const [key, cert] = ['key', 'pem'].map((kind) => readFileSync(join(directory, `other.${kind}`)));
  const listening = createServer((client) => {
    client.once('data', () => {
      client.write('S');
      const near = new TLSSocket(client, { isServer: true, key: key!, cert: cert! });
      const behind = connectTo(behindIt, '127.0.0.1', () => behind.write(sslRequest));
      behind.once('data', () => {
        const far = connectWithTls({ socket: behind, rejectUnauthorized: false });
        near.pipe(far).pipe(near);
        for (const socket of [near, far]) socket.on('error', () => client.destroy());
      });
    });
  });
  return new Promise((resolve) => listening.listen(0, '127.0.0.1', () => resolve(listening)));
}
