import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Session, withSession } from '@opsgraph/postgres';
import type { Secret } from '@opsgraph/secrets';
import { expect, it, onTestFinished } from 'vitest';
import { createTestDatabase, startTestCluster } from '../src/index.ts';

const on = <T>(url: Secret, work: (session: Session) => Promise<T>): Promise<T> =>
  withSession(
    { url, applicationName: 'test', lockTimeout: 1000, statementTimeout: 10_000, connectTimeout: 5000 },
    work,
  );

it('gives each caller an empty database of its own, and drops it', async () => {
  const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await one.session((session) => session.execute('CREATE TABLE mine ()'));
  await expect(two.session((session) => session.query("SELECT to_regclass('mine') AS found"))).resolves.toEqual([
    { found: null },
  ]);
  await Promise.all([one.drop(), two.drop()]);
  await expect(one.session((session) => session.query('SELECT 1'))).rejects.toMatchObject({ code: 'DATABASE_MISSING' });
});

it('can be stopped like a power cut, and answers at the same address with what was committed', async () => {
  const cluster = await startTestCluster();
  onTestFinished(cluster.remove);
  await on(cluster.url, async (session) => {
    await session.execute('CREATE TABLE kept AS SELECT 42 AS answer');
    await session.execute('CHECKPOINT');
    await cluster.stop('immediate');
    await expect(session.query('SELECT 1')).rejects.toMatchObject({ exitCode: 69 });
  });
  await cluster.start();
  await expect(on(cluster.url, (session) => session.query('SELECT answer FROM kept'))).resolves.toEqual([
    { answer: 42 },
  ]);
});

it.each([150, 500, 1000, 'ready'] as const)(
  'leaves nothing when its process is killed (after %s ms)',
  async (moment) => {
    const directory = await mkdtemp(join(tmpdir(), 'opsgraph-kill-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const script = `
    const { startTestCluster } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)});
    await startTestCluster();
    process.stdout.write('ready');
    setInterval(() => {}, 1000);`;
    // The server's user must be able to pass through to its home.
    await chmod(directory, 0o755);
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TMPDIR: directory },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await (moment === 'ready' ? once(child.stdout, 'data') : Promise.race([pause(moment), once(child, 'exit')]));
    child.kill('SIGKILL');
    await once(child, 'close');
    await expect.poll(() => readdir(directory)).toEqual([]);
  },
);
