import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { projectRoot } from '@opsgraph/config';
import { type Ended, followProcess } from '@opsgraph/testing/follow-process';
import { toolPath, turbo } from '@opsgraph/toolchain/turbo';
import { afterAll, beforeAll, expect, it } from 'vitest';

const repository = projectRoot({});
const sample = join(import.meta.dirname, '..', '..');
/** What `deploy:staging` runs, without the checks of the application: one of them is this package's test. */
const steps = [
  'deployment#release',
  'setup#setup:staging',
  ...['preflight', 'backup-gate'].map((step) => `deployment#${step}:staging`),
  'migration#migrate:staging',
  ...['rollout', 'verify', 'deploy'].map((step) => `deployment#${step}:staging`),
];

/** A checkout with the configuration as it is committed: its server and its releases are its own. */
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(realpathSync(tmpdir()), 'opsgraph-sample-'));
  const there = join(root, relative(repository, sample));
  // The application may be anywhere, and finds its libraries where it is; what a migration is may not.
  const filter = (path: string) => !path.includes('node_modules');
  cpSync(join(sample, 'database'), join(there, 'database'), { recursive: true, filter });
  symlinkSync(join(sample, 'service'), join(there, 'service'));
  mkdirSync(join(root, 'config'));
  for (const name of ['local', 'staging', 'application'])
    cpSync(join(repository, 'config', `${name}.ts`), join(root, 'config', `${name}.ts`));
});
afterAll(async () => {
  await run('deployment#stop:staging', 'setup#stop-postgres');
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

it('deploys the sample to staging as it is configured, where it answers from its database until it is stopped', async () => {
  const deployed = await run(...steps);
  expect(deployed, deployed.stdout + deployed.stderr).toMatchObject({ code: 0 });
  const [, release, address] = /staging runs release ([0-9a-f]{16}): (http:\/\/127\.0\.0\.1:\d+)/.exec(
    deployed.stdout,
  )!;
  expect(await (await fetch(`${address}/healthz`)).json()).toMatchObject({ release });
  // It is there, and asks who comes.
  expect((await fetch(`${address}/simulations`)).status).toBe(401);

  const stopped = await run('deployment#stop:staging');
  expect(stopped, stopped.stdout + stopped.stderr).toMatchObject({ code: 0 });
  await expect(fetch(`${address}/healthz`)).rejects.toThrow('fetch failed');
}, 300_000);

/** The graph of this repository on that checkout. */
function run(...tasks: string[]): Promise<Ended> {
  const env = {
    HOME: process.env['HOME'],
    PATH: toolPath(process.env['PATH']),
    OPS_ROOT: root,
    OPS_STATE_DIR: join(root, '.ops'),
  };
  const argv = ['run', ...tasks, '--only', '--ui=stream', `--cache-dir=${join(root, 'cache')}`];
  return followProcess(spawn(turbo(), argv, { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] })).ended;
}
