import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  describeLocalPostgres,
  ensureLocalPostgres,
  findServerUser,
  placesOf,
  stopLocalPostgres,
} from '../src/index.ts';
import { findServerProcesses } from '../src/server/server-processes.ts';
import { ensureInChild, inDatabase, newCheckout, sharedCheckout } from './checkout.ts';

async function serverOf(home: string): Promise<number> {
  return Number((await readFile(join(placesOf(home).data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

const shared = sharedCheckout();

describe('ensure recovers', () => {
  it('a server that was killed, with what was committed', async () => {
    const checkout = shared;
    const { home, url } = await ensureLocalPostgres(checkout);
    await inDatabase(url, (session) => session.execute('CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer'));
    process.kill(await serverOf(home), 'SIGKILL');
    await expect
      .poll(() => describeLocalPostgres(checkout))
      .toMatchObject({ running: false, problem: 'the server ended without closing its data' });
    const after = await ensureLocalPostgres(checkout);
    expect(after.done).toEqual(['stale pid file removed', 'server started']);
    await expect(inDatabase(after.url, (session) => session.query('SELECT answer FROM kept'))).resolves.toEqual([
      { answer: 42 },
    ]);
  });

  it('a server that dies at this moment', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { home } = await ensureLocalPostgres(shared);
      process.kill(await serverOf(home), 'SIGKILL');
      const { url, done } = await ensureLocalPostgres(shared);
      expect(done).toContain('server started');
      await expect(inDatabase(url, (session) => session.query('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }]);
    }
  });

  it('a server that was killed while a backend hangs and holds its shared memory', async () => {
    const checkout = shared;
    const { home, url } = await ensureLocalPostgres(checkout);
    await inDatabase(url, async (session) => {
      process.kill(session.server.pid, 'SIGSTOP');
      process.kill(await serverOf(home), 'SIGKILL');
      await expect
        .poll(async () => (await findServerProcesses(placesOf(home).data)).leftovers)
        .toContain(session.server.pid);
      const after = await ensureLocalPostgres(checkout);
      expect(after.done).toEqual(['processes of a crashed server ended', 'server started']);
      await expect(inDatabase(after.url, (fresh) => fresh.query('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }]);
    });
  });

  it('a pid file whose pid is another process of the same user by now', async () => {
    const checkout = shared;
    const { home } = await ensureLocalPostgres(checkout);
    const file = join(placesOf(home).data, 'postmaster.pid');
    const content = await readFile(file, 'utf8');
    await stopLocalPostgres(checkout);
    const user = await findServerUser();
    const stranger = spawn('sleep', ['120'], { stdio: 'ignore', ...(user && { uid: user.uid, gid: user.gid }) });
    onTestFinished(() => void stranger.kill('SIGKILL'));
    await once(stranger, 'spawn');
    await writeFile(file, content.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 });

    await expect(describeLocalPostgres(checkout)).resolves.toMatchObject({ running: false });
    await expect(ensureLocalPostgres(checkout)).resolves.toMatchObject({
      done: ['stale pid file removed', 'server started'],
    });
    expect(stranger.exitCode).toBe(null);
    expect(stranger.signalCode).toBe(null);
  });

  it('from its port being taken, and tells the new one', async () => {
    const checkout = shared;
    const { port } = await ensureLocalPostgres(checkout);
    await stopLocalPostgres(checkout);
    const stranger = createServer();
    onTestFinished(() => void stranger.close());
    await once(stranger.listen(port, '127.0.0.1'), 'listening');
    const after = await ensureLocalPostgres(checkout);
    expect(after.port).not.toBe(port);
    expect(after.done[0]).toBe(`server started on port ${after.port}; ${port} is taken by another process`);
    expect(JSON.parse(await readFile(join(checkout.stateDirectory, 'local-postgres.json'), 'utf8')).port).toBe(
      after.port,
    );
  });

  it('from an earlier one killed at any moment', async () => {
    const checkout = await newCheckout();
    for (const after of [100, 250, 400, 600, 800, 1000]) {
      const { child, result } = ensureInChild(checkout);
      await Promise.race([result, pause(after)]);
      child.kill('SIGKILL');
      await result;
    }
    const { home, url, port } = await ensureLocalPostgres(checkout);
    await expect(inDatabase(url, (session) => session.query('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }]);
    expect((await readdir(home)).sort()).toEqual(['data', 'owner.json', 'password', 'server.log', 'sockets']);
    await expect(describeLocalPostgres(checkout)).resolves.toMatchObject({ running: true, port, problem: undefined });
    await expect(ensureLocalPostgres(checkout)).resolves.toMatchObject({ changed: false });
  });

  it('from a half-made data directory', async () => {
    const checkout = await newCheckout();
    const interrupt = new AbortController();
    const reason = new Error('interrupted');
    const info = (): void => void setTimeout(() => interrupt.abort(reason), 150);
    await expect(ensureLocalPostgres({ ...checkout, signal: interrupt.signal, info })).rejects.toBe(reason);
    await expect(describeLocalPostgres(checkout)).resolves.toMatchObject({ exists: false, running: false });
    await expect(ensureLocalPostgres(checkout)).resolves.toMatchObject({ changed: true });
  });
});

describe('ensure explains', () => {
  it('data of another major version, and leaves it alone', async () => {
    const checkout = shared;
    const { home } = await ensureLocalPostgres(checkout);
    await stopLocalPostgres(checkout);
    const file = join(placesOf(home).data, 'PG_VERSION');
    await writeFile(file, '16\n');
    await expect(ensureLocalPostgres(checkout)).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_OTHER_VERSION',
      exitCode: 78,
      message: `the data in ${placesOf(home).data} was written by PostgreSQL 16, installed is 18`,
      hint: expect.stringContaining('destroy'),
    });
    expect(await readFile(file, 'utf8')).toBe('16\n');
    await writeFile(file, '18\n');
  });

  it('a disk without room, and leaves nothing half made', async () => {
    const checkout = await newCheckout();
    // A limit on file sizes: the first file of 16 MB cannot be written.
    const told = await ensureInChild(checkout, ['sh', '-c', 'ulimit -f 8192; exec "$@"', 'sh']).result;
    expect(told).toMatchObject({
      code: 'LOCAL_POSTGRES_NO_SPACE',
      exitCode: 74,
      hint: expect.stringContaining('df -h'),
    });
    await expect(describeLocalPostgres(checkout)).resolves.toMatchObject({ exists: false });
    await expect(ensureLocalPostgres(checkout)).resolves.toMatchObject({ changed: true });
  });

  it('a state directory that is a file', async () => {
    const checkout = await newCheckout();
    await writeFile(checkout.stateDirectory, '');
    await expect(ensureLocalPostgres(checkout)).rejects.toMatchObject({
      code: 'STATE_DIRECTORY_UNUSABLE',
      exitCode: 73,
    });
    await rm(checkout.stateDirectory);
  });

  it('a lock file that is damaged', async () => {
    const checkout = await newCheckout();
    const lock = join(checkout.stateDirectory, 'local-postgres.lock');
    await mkdir(checkout.stateDirectory);
    await writeFile(lock, 'this is no lock file, and long enough to be read as a damaged one '.repeat(20));
    await expect(ensureLocalPostgres(checkout)).rejects.toMatchObject({
      code: 'STATE_DIRECTORY_UNUSABLE',
      exitCode: 73,
      hint: expect.stringContaining(lock),
    });
    await rm(lock);
  });

  it('a lost password', async () => {
    const checkout = shared;
    const { home } = await ensureLocalPostgres(checkout);
    const password = await readFile(placesOf(home).password, 'utf8');
    await writeFile(placesOf(home).password, '');
    await expect(ensureLocalPostgres(checkout)).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_PASSWORD_LOST',
      exitCode: 78,
    });
    await expect(describeLocalPostgres(checkout)).resolves.toMatchObject({
      running: true,
      problem: expect.stringContaining('password'),
    });
    await writeFile(placesOf(home).password, password);
  });

  it('a password that somebody changed', async () => {
    const checkout = shared;
    const { url, home } = await ensureLocalPostgres(checkout);
    const password = await readFile(placesOf(home).password, 'utf8');
    await inDatabase(url, (session) => session.execute("ALTER ROLE postgres PASSWORD 'another-one'"));
    await expect(ensureLocalPostgres(checkout)).rejects.toMatchObject({ code: 'DATABASE_LOGIN_REFUSED', exitCode: 77 });
    await writeFile(placesOf(home).password, 'another-one');
    const { url: changed } = await ensureLocalPostgres(checkout);
    await inDatabase(changed, (session) => session.execute(`ALTER ROLE postgres PASSWORD '${password.trim()}'`));
    await writeFile(placesOf(home).password, password);
  });

  it('a server that does not start, with the last lines of its log', async () => {
    const checkout = shared;
    const { home } = await ensureLocalPostgres(checkout);
    await stopLocalPostgres(checkout);
    await writeFile(join(placesOf(home).data, 'postgresql.auto.conf'), "no_such_setting = 'x'\n");
    await expect(ensureLocalPostgres(checkout)).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_NOT_STARTED',
      exitCode: 69,
      problems: expect.arrayContaining([expect.stringContaining('no_such_setting')]),
    });
    await writeFile(join(placesOf(home).data, 'postgresql.auto.conf'), '');
  });
});
