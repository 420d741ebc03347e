import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { secretUrl } from '@opsgraph/secrets';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConnectionSettings, withDirectSession } from '../src/index.ts';

const program = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  .map((directory) => join(directory, 'pgbouncer'))
  .find(existsSync);
// .ci/run installs it and demands it; a machine with Node alone does without.
const isDemanded = process.env['OPS_TEST_ALL'] === '1';
const running: { child: ChildProcess; directory: string }[] = [];

afterEach(() => {
  for (const { child, directory } of running.splice(0)) {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  }
});

describe.skipIf(program === undefined && !isDemanded)('behind a real pgbouncer', () => {
  it('in transaction mode a task is refused, with the remedy', async () => {
    const settings = await startPooler('transaction');
    let began = false;
    const work = withDirectSession(settings, async () => {
      began = true;
    });
    await expect(work).rejects.toMatchObject({
      code: 'POOLER_IN_TRANSACTION_MODE',
      exitCode: 77,
      hint: expect.stringContaining('DATABASE_URL'),
    });
    expect(began).toBe(false);
  });

  it.each(['transaction', 'statement'])('in %s mode with a single backend it is refused at once, too', async (mode) => {
    const settings = await startPooler(mode, 'default_pool_size = 1');
    const started = performance.now();
    await expect(withDirectSession(settings, async () => {})).rejects.toMatchObject({
      code: 'POOLER_IN_TRANSACTION_MODE',
      exitCode: 77,
      message: expect.stringContaining(`a pooler in ${mode} mode`),
    });
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('in session mode with a single backend a task is told so, and does not wait for minutes', async () => {
    const settings = await startPooler('session', 'default_pool_size = 1');
    await expect(withDirectSession(settings, async () => {})).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      exitCode: 69,
      hint: expect.stringContaining('a task needs two'),
    });
  });

  it('in session mode a task may work', async () => {
    const settings = await startPooler('session');
    expect(await withDirectSession(settings, async ({ server }) => server.pid)).toBeGreaterThan(0);
  });
});

async function startPooler(mode: string, more = ''): Promise<ConnectionSettings> {
  const target = new URL(process.env['OPS_TEST_DATABASE_URL']!);
  const directory = mkdtempSync(join(tmpdir(), 'opsgraph-pgbouncer-'));
  const port = await freePort();
  const [user, password] = [decodeURIComponent(target.username), decodeURIComponent(target.password)];
  writeFileSync(join(directory, 'users.txt'), `"${user}" "${password}"\n`);
  writeFileSync(
    join(directory, 'pgbouncer.ini'),
    `[databases]\n* = host=${target.hostname} port=${target.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = ${directory}/users.txt\npool_mode = ${mode}\n${more}\n`,
  );
  chmodSync(directory, 0o755);
  // It does not run as root.
  const child = spawn(program!, [join(directory, 'pgbouncer.ini')], {
    stdio: 'ignore',
    ...(process.getuid?.() === 0 && { uid: 65_534, gid: 65_534 }),
  });
  running.push({ child, directory });
  target.host = `127.0.0.1:${port}`;
  return {
    url: secretUrl('DATABASE_URL', target.href),
    applicationName: 'pooler test',
    lockTimeout: 1000,
    statementTimeout: 5000,
    connectTimeout: 5000,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
