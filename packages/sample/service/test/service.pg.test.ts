import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import {
  defaultServiceTables,
  provisionServiceAccount,
  revokeServiceAccount,
  rotateServiceAccount,
} from '@opsgraph/accounts';
import type { Session } from '@opsgraph/postgres';
import type { TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServiceDatabase } from './service-database.ts';
import { type RunningService, startService } from './start-service.ts';

const scopes = ['simulations:read', 'simulations:write'];
const stdout = { to: 'stdout', isLogged: false } as const;
const base = {
  settings: { services: defaultServiceTables, scopes },
  environment: 'local',
  dryRun: false,
  delivery: stdout,
};

let database: TestDatabase;
let service: RunningService;
let key: string;
beforeAll(async () => {
  database = await createServiceDatabase();
  service = await startService({ DATABASE_URL: database.url.reveal(), RELEASE: '2026.11.22' });
  key = await database.session((session) => provision(session, 'reader', ['simulations:read']));
});
afterAll(async () => {
  service.child.kill('SIGTERM');
  await service.ended;
  await database.drop();
});

async function provision(session: Session, name: string, granted: string[]): Promise<string> {
  const definition = { name, scopes: granted, lifetime: 'never', reinstate: false } as const;
  return (await provisionServiceAccount(session, { ...base, ...definition })).reveal!.secret.reveal();
}

async function ask(path: string, presented?: string, method = 'GET') {
  const headers: Record<string, string> = presented === undefined ? {} : { authorization: `Bearer ${presented}` };
  const response = await fetch(`${service.url}${path}`, { method, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

describe('the service', () => {
  it('says which release it is, and that its database answers, to everybody', async () => {
    expect(await ask('/healthz')).toMatchObject({
      status: 200,
      body: { status: 'ok', release: '2026.11.22', database: 'reachable' },
    });
  });

  it('lists simulations with their newest run, and shows one, for a valid key', async () => {
    const { status, body } = await ask('/simulations', key);
    expect(status).toBe(200);
    expect(body.simulations.map(({ name }: { name: string }) => name).sort()).toEqual(['a b/ü', 'delft-flood']);
    expect(await ask('/simulations/delft-flood', key)).toMatchObject({
      status: 200,
      body: { place: 'Delft', parameters: { rain: 3 }, status: 'succeeded', result: { depth: 1.5 } },
    });
    expect(await ask(`/simulations/${encodeURIComponent('a b/ü')}`, key)).toMatchObject({ body: { status: null } });
    expect(await ask('/simulations?after=delft', key)).toMatchObject({
      body: { simulations: [{ name: 'delft-flood' }] },
    });
    expect(await ask('/simulations/none', key)).toMatchObject({ status: 404 });
    expect(await ask('/simulations', key, 'HEAD')).toMatchObject({ status: 200, body: undefined });
  });

  it('answers 401 without a key and 403 to a key without the scope', async () => {
    const writer = await database.session((session) => provision(session, 'writer', ['simulations:write']));
    expect(await ask('/simulations')).toMatchObject({ status: 401 });
    expect(await ask('/simulations', writer)).toMatchObject({ status: 403 });
  });
});

describe('SIGTERM', () => {
  it('lets the requests that have begun finish, tells idle connections, and ends with 0', async () => {
    const own = await startService({ DATABASE_URL: database.url.reveal() });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const request = (path: string) =>
      new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
        const options = { agent, headers: { authorization: `Bearer ${key}` } };
        get(`${own.url}${path}`, options, (response) => {
          response.resume();
          response.on('end', () => resolve({ status: response.statusCode, connection: response.headers.connection }));
        }).on('error', reject);
      });
    expect(await request('/simulations')).toEqual({ status: 200, connection: 'keep-alive' });
    await database.session(async (holder) => {
      // The next request waits for this lock in the database while the service is told to stop.
      await holder.execute('BEGIN; LOCK TABLE simulations');
      const waiting = request('/simulations');
      await expect.poll(blocked).toBe(1);
      own.child.kill('SIGTERM');
      // It listens no longer, but the request is not lost.
      await expect.poll(() => refuses(own.url)).toBe(true);
      await holder.execute('ROLLBACK');
      expect(await waiting).toEqual({ status: 200, connection: 'close' });
    });
    expect(await own.ended).toMatchObject({ code: 0 });
  });
});

function blocked(): Promise<number> {
  return database.session((session) =>
    session.execute("SELECT FROM pg_locks WHERE NOT granted AND relation = 'simulations'::regclass"),
  );
}

function refuses(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
}

describe('a rotation under constant use', () => {
  it('rejects no request during the overlap, and every one with the old key after it', async () => {
    const overlap = 3000;
    const old = await database.session((session) => provision(session, 'busy', ['simulations:read']));
    let current = old;
    let isEnding = false;
    const seen = { byClient: [] as number[], byOldKey: [] as { at: number; status: number }[] };
    // The client that takes the new key when it gets it, and one that stays with the old one.
    const client = async () => {
      while (!isEnding) seen.byClient.push((await ask('/simulations', current)).status);
    };
    const laggard = async () => {
      while (!isEnding) {
        const { status } = await ask('/simulations/delft-flood', old);
        seen.byOldKey.push({ at: Date.now(), status });
      }
    };
    const working = [client(), client(), laggard()];
    const begun = Date.now();
    const { reveal } = await database.session((session) =>
      rotateServiceAccount(session, { ...base, name: 'busy', overlap }),
    );
    const rotated = Date.now();
    // Half of the overlap goes by until the client has its new key.
    await expect.poll(() => Date.now() > rotated + overlap / 2).toBe(true);
    current = reveal!.secret.reveal();
    await expect.poll(() => Date.now() > rotated + overlap + 1000).toBe(true);
    isEnding = true;
    await Promise.all(working);

    expect(seen.byClient.length).toBeGreaterThan(100);
    expect(seen.byClient.filter((status) => status !== 200)).toEqual([]);
    const within = seen.byOldKey.filter(({ at }) => at < begun + overlap);
    const after = seen.byOldKey.filter(({ at }) => at > rotated + overlap + 200);
    expect(within.filter(({ status }) => status !== 200)).toEqual([]);
    expect(after.length).toBeGreaterThan(10);
    expect(after.filter(({ status }) => status !== 401)).toEqual([]);
  });

  it('after a leak, or when the account is revoked, rejects the next request', async () => {
    const leaked = await database.session((session) => provision(session, 'leaky', ['simulations:read']));
    expect(await ask('/simulations', leaked)).toMatchObject({ status: 200 });
    const { reveal } = await database.session((session) =>
      rotateServiceAccount(session, { ...base, name: 'leaky', overlap: 'now' }),
    );
    expect(await ask('/simulations', leaked)).toMatchObject({ status: 401 });
    const next = reveal!.secret.reveal();
    expect(await ask('/simulations', next)).toMatchObject({ status: 200 });
    await database.session((session) => revokeServiceAccount(session, { ...base, name: 'leaky' }));
    expect(await ask('/simulations', next)).toMatchObject({ status: 401 });
  });
});
