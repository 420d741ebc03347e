import { cp, mkdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  describeLocalPostgres,
  destroyLocalPostgres,
  ensureLocalPostgres,
  placesOf,
  stopLocalPostgres,
} from '../src/index.ts';
import { ensureInChild, forgetAfterTest, inDatabase, newCheckout, sharedCheckout } from './checkout.ts';

const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    for (const [event, answer] of [
      ['connect', true],
      ['error', false],
      ['timeout', false],
    ] as const) {
      socket.once(event, () => {
        socket.destroy();
        resolve(answer);
      });
    }
  });
}

const shared = sharedCheckout();

describe('ensure', () => {
  it('gives an empty checkout its own server, closed to everybody else', async () => {
    const checkout = await newCheckout();
    const made = await ensureLocalPostgres(checkout);
    expect(made).toMatchObject({
      changed: true,
      version: expect.stringMatching(/^18\.\d+$/),
      done: ['data directory created', 'server started', 'its address recorded'],
    });

    const state = JSON.parse(await readFile(join(checkout.stateDirectory, 'local-postgres.json'), 'utf8'));
    expect(state).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      version: made.version,
      home: made.home,
      port: made.port,
      socketDirectory: placesOf(made.home).sockets,
      stateDirectory: checkout.stateDirectory,
    });
    const { data, password, sockets, log, owner } = placesOf(made.home);
    expect(await mode(checkout.stateDirectory)).toBe('700');
    expect(await mode(join(checkout.stateDirectory, 'local-postgres.json'))).toBe('600');
    for (const path of [data, sockets]) expect(await mode(path)).toBe('700');
    for (const path of [password, log, owner]) expect(await mode(path)).toBe('600');

    const others = Object.values(networkInterfaces())
      .flat()
      .filter((net) => net?.family === 'IPv4' && !net.internal);
    expect(await answers('127.0.0.1', made.port)).toBe(true);
    for (const net of others) expect(await answers(net!.address, made.port)).toBe(false);
    await inDatabase(made.url, async (session) => {
      const settings = await session.query(
        "SELECT name, setting FROM pg_settings WHERE name IN ('max_connections', 'listen_addresses', 'password_encryption', 'fsync', 'TimeZone') ORDER BY name COLLATE \"C\"",
      );
      expect(settings.map(({ name, setting }) => `${name}=${setting}`)).toEqual([
        'TimeZone=UTC',
        'fsync=on',
        'listen_addresses=127.0.0.1',
        'max_connections=100',
        'password_encryption=scram-sha-256',
      ]);
      expect(await session.query('SELECT DISTINCT auth_method FROM pg_hba_file_rules WHERE error IS NULL')).toEqual([
        { auth_method: 'scram-sha-256' },
      ]);
    });
    expect(await readFile(`/proc/${(await describeLocalPostgres(checkout)).pid}/cmdline`, 'utf8')).not.toContain(
      (await readFile(password, 'utf8')).trim(),
    );
  });

  it('changes nothing the second time', async () => {
    const checkout = shared;
    const first = await ensureLocalPostgres(checkout);
    const second = await ensureLocalPostgres(checkout);
    expect(second).toMatchObject({ changed: false, done: [], port: first.port, home: first.home });
    expect(second.url.reveal()).toBe(first.url.reveal());
  });

  it('starts one server when eight processes ask at once, tells all the same, and leaves it running without them', async () => {
    const checkout = await newCheckout();
    const told = await Promise.all(Array.from({ length: 8 }, () => ensureInChild(checkout).result));
    expect(told.filter(({ changed }) => changed === true)).toHaveLength(1);
    expect(new Set(told.map(({ port, home }) => `${port} ${home}`))).toHaveLength(1);
    const left = await describeLocalPostgres(checkout);
    expect(left).toMatchObject({ running: true, port: told[0]!['port'], problem: undefined });
    const [, , , session] = (await readFile(`/proc/${left.pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
    expect(Number(session)).toBe(left.pid);
  });

  it('starts one server when eight ask at once in one process', async () => {
    await stopLocalPostgres(shared);
    const told = await Promise.all(Array.from({ length: 8 }, () => ensureLocalPostgres(shared)));
    expect(told.filter(({ changed }) => changed)).toHaveLength(1);
    expect(new Set(told.map(({ port }) => port))).toHaveLength(1);
  });

  it('keeps data, password and port over stop and start', async () => {
    const checkout = shared;
    const before = await ensureLocalPostgres(checkout);
    await inDatabase(before.url, (session) =>
      session.execute('CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer'),
    );
    await expect(stopLocalPostgres(checkout)).resolves.toEqual({ changed: true });
    await expect(stopLocalPostgres(checkout)).resolves.toEqual({ changed: false });
    await expect(describeLocalPostgres(checkout)).resolves.toMatchObject({
      exists: true,
      running: false,
      port: before.port,
      problem: undefined,
    });
    const after = await ensureLocalPostgres(checkout);
    expect(after).toMatchObject({ changed: true, done: ['server started'], port: before.port });
    await expect(inDatabase(after.url, (session) => session.query('SELECT answer FROM kept'))).resolves.toEqual([
      { answer: 42 },
    ]);
  });

  it('is gone after destroy, with its data and its address', async () => {
    const checkout = await newCheckout();
    const { home, port } = await ensureLocalPostgres(checkout);
    await expect(destroyLocalPostgres(checkout)).resolves.toEqual({ changed: true, home });
    await expect(destroyLocalPostgres(checkout)).resolves.toMatchObject({ changed: false });
    await expect(stat(home)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(stat(join(checkout.stateDirectory, 'local-postgres.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await answers('127.0.0.1', port)).toBe(false);
  });

  it.each([
    ['broken', (path: string) => writeFile(path, '{"id": "42", "po')],
    ['made of something else', (path: string) => writeFile(path, '[]')],
    ['deleted', (path: string) => rm(path)],
  ])('finds its running server again when the state file is %s', async (_how, harm) => {
    const checkout = shared;
    const before = await ensureLocalPostgres(checkout);
    await harm(join(checkout.stateDirectory, 'local-postgres.json'));
    await expect(describeLocalPostgres(checkout)).resolves.toMatchObject({
      running: true,
      port: before.port,
      problem: expect.any(String),
    });
    const after = await ensureLocalPostgres(checkout);
    expect(after).toMatchObject({
      changed: true,
      port: before.port,
      home: before.home,
      done: [expect.stringMatching(/^its address recorded/)],
    });
  });

  it('keeps a server log bounded', async () => {
    const checkout = shared;
    const { home } = await ensureLocalPostgres(checkout);
    await stopLocalPostgres(checkout);
    await truncate(placesOf(home).log, 20_000_000);
    await ensureLocalPostgres(checkout);
    expect((await stat(placesOf(home).log)).size).toBeLessThan(10_000);
  });

  it('says that nothing is there before it was made', async () => {
    const checkout = await newCheckout();
    await expect(describeLocalPostgres(checkout)).resolves.toMatchObject({
      exists: false,
      running: false,
      problem: undefined,
    });
    await expect(stopLocalPostgres(checkout)).resolves.toEqual({ changed: false });
    await expect(stat(checkout.stateDirectory)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('two checkouts', () => {
  it('never meet', async () => {
    const [one, two] = [await newCheckout(), shared];
    const [first, second] = await Promise.all([ensureLocalPostgres(one), ensureLocalPostgres(two)]);
    expect(first.port).not.toBe(second.port);
    expect(first.home).not.toBe(second.home);
    expect(new URL(first.url.reveal()).password).not.toBe(new URL(second.url.reveal()).password);
    await destroyLocalPostgres(one);
    await expect(describeLocalPostgres(two)).resolves.toMatchObject({ running: true });
  });

  it('do not meet when one is a copy of the other, state file and all', async () => {
    const original = shared;
    const first = await ensureLocalPostgres(original);
    await stopLocalPostgres(original);
    const copy = await newCheckout();
    await cp(original.projectRoot, copy.projectRoot, { recursive: true });
    await ensureLocalPostgres(original);
    const second = await ensureLocalPostgres(copy);
    expect(second.home).not.toBe(first.home);
    expect(second.port).not.toBe(first.port);
    await destroyLocalPostgres(copy);
    await expect(describeLocalPostgres(original)).resolves.toMatchObject({ running: true, port: first.port });
  });

  it('are one when one was moved', async () => {
    const checkout = await newCheckout();
    const before = await ensureLocalPostgres(checkout);
    await inDatabase(before.url, (session) => session.execute('CREATE TABLE kept AS SELECT 42 AS answer'));
    await stopLocalPostgres(checkout);
    const projectRoot = `${checkout.projectRoot}-moved`;
    const moved = forgetAfterTest({ projectRoot, stateDirectory: join(projectRoot, '.ops') });
    await rename(checkout.projectRoot, projectRoot);
    const after = await ensureLocalPostgres(moved);
    await expect(inDatabase(after.url, (session) => session.query('SELECT answer FROM kept'))).resolves.toEqual([
      { answer: 42 },
    ]);
  });

  it('are not mixed up when a new one is made where an old one was deleted; its server is stopped, its data kept and named', async () => {
    const checkout = await newCheckout();
    const old = await ensureLocalPostgres(checkout);
    if (process.getuid?.() !== 0) await stopLocalPostgres(checkout);
    await rm(checkout.projectRoot, { recursive: true });
    await mkdir(checkout.projectRoot);
    const fresh = await ensureLocalPostgres(checkout);
    expect(fresh.done).toContain('data directory created');
    expect(new URL(fresh.url.reveal()).password).not.toBe(new URL(old.url.reveal()).password);
    const left = fresh.abandoned.filter(({ home }) => home === old.home);
    // An ordinary user's data lies in the checkout and went with it.
    expect(left).toEqual(
      process.getuid?.() === 0 ? [{ home: old.home, checkout: checkout.projectRoot, stopped: true }] : [],
    );
    expect(await answers('127.0.0.1', old.port)).toBe(false);
    if (left.length > 0) {
      expect(await readFile(join(placesOf(old.home).data, 'PG_VERSION'), 'utf8')).toBe('18\n');
      await rm(old.home, { recursive: true });
    }
  });
});
