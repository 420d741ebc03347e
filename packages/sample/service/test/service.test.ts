import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../src/database.ts';
import { type Service, serve } from '../src/serve.ts';
import { readSettings } from '../src/settings.ts';
import { startService } from './start-service.ts';

// No database answers here: everything below is a function of the code alone, so turbo caches it,
// and no release is packed without it.
const database = openDatabase('postgres://nobody:nothing@127.0.0.1:1/none');
let service: Service;
beforeAll(async () => {
  service = await serve(database, 0, '2026.11.22');
});
afterAll(async () => {
  await service.stop();
  await database.close();
});

async function ask(path: string, { method = 'GET', authorization = '' } = {}) {
  const headers: Record<string, string> = authorization === '' ? {} : { authorization };
  const response = await fetch(`http://127.0.0.1:${service.port}${path}`, { method, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

describe('the service without its database', () => {
  it('is not healthy, and says which release it is', async () => {
    expect(await ask('/healthz')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', release: '2026.11.22', database: 'unreachable' },
    });
    expect(await ask('/healthz', { method: 'HEAD' })).toMatchObject({ status: 503, body: undefined });
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/nothing', 404],
    ['GET', '/healthz/more', 404],
    ['GET', '/simulations/a/b', 404],
    ['POST', '/simulations', 405],
    ['DELETE', '/healthz', 405],
    ['GET', '/simulations/%00', 400],
    ['GET', '/simulations/%E0%A4%A', 400],
    ['GET', '/simulations?after=%00', 400],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect(await ask(path, { method })).toMatchObject({ status, body: { error: expect.any(String) } });
  });

  it.each([
    ['no key', ''],
    ['another scheme', 'Basic YTpi'],
    ['an empty key', 'Bearer '],
    ['a letter', 'Bearer x'],
    ['a prefix alone', 'Bearer sim_'],
    ['4 kB', `Bearer ${'x'.repeat(4000)}`],
  ])('answers %s with 401 and a challenge, without asking the database', async (_, authorization) => {
    const { status, headers, body } = await ask('/simulations', { authorization });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="simulations", error="invalid_token"$/);
    expect(body).toEqual({ error: 'a valid API key is needed' });
  });

  it('lets nobody store an answer, and says how long it is', async () => {
    const { headers } = await ask('/healthz');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Number(headers.get('content-length'))).toBeGreaterThan(0);
  });
});

describe('stop', () => {
  it('listens no longer, and tells an idle connection that its next answer is the last', async () => {
    const own = await serve(database, 0, 'leaving');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const connection = () =>
      new Promise<string | undefined>((resolve, reject) => {
        get(`http://127.0.0.1:${own.port}/nothing`, { agent }, (response) => {
          response.resume();
          response.on('end', () => resolve(response.headers.connection));
        }).on('error', reject);
      });
    expect(await connection()).toBe('keep-alive');
    const stopped = own.stop();
    expect(await refuses(own.port)).toBe(true);
    expect(await connection()).toBe('close');
    await stopped;
  });
});

describe('settings', () => {
  it('have a port and a release unless they are given', () => {
    const databaseUrl = 'postgres://a@b/c';
    expect(readSettings({ DATABASE_URL: databaseUrl })).toEqual({ port: 8080, databaseUrl, release: 'development' });
    expect(readSettings({ DATABASE_URL: databaseUrl, PORT: '1', RELEASE: 'r' })).toEqual({
      port: 1,
      databaseUrl,
      release: 'r',
    });
  });

  it.each([
    [{ PORT: 'http' }, /^PORT: expected a number.*\nDATABASE_URL: missing/],
    [{ DATABASE_URL: 'postgres://a@b/c', PORT: '70000' }, /^PORT: expected/],
  ])('like %o keep it from starting, with 78 and the reason', async (env, reason) => {
    const { ended } = await startService(env);
    expect(await ended).toEqual({ code: 78, output: expect.stringMatching(reason) });
  });

  it('with a port that is taken keep it from starting too', async () => {
    const { ended } = await startService({ DATABASE_URL: 'postgres://a@b/c', PORT: String(service.port) });
    expect(await ended).toEqual({ code: 78, output: expect.stringContaining('EADDRINUSE') });
  });
});

function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
}
