import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hasApplication, loadApplication, projectRoot } from '@opsgraph/config';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { type Ended, followProcess } from '@opsgraph/testing/follow-process';
import { freePorts } from '@opsgraph/testing/free-ports';
import { toolPath, turbo } from '@opsgraph/toolchain/turbo';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPlan } from '../src/run/read-plan.ts';

const repository = projectRoot();
/** What this repository's own application names as its checks: they are in the graph, and nothing else is checked. */
const checks = hasApplication(repository) ? [...(await loadApplication(repository)).checks].sort() : [];
/** What deploy:staging waits for beside them. */
const steps = [
  'deployment#release',
  'setup#setup:staging',
  ...['preflight', 'backup-gate'].map((step) => `deployment#${step}:staging`),
  'migration#migrate:staging',
  ...['rollout', 'verify', 'deploy'].map((step) => `deployment#${step}:staging`),
];

/** It says which database it was given, and lets nobody see its things. */
const main = `
import { createServer } from 'node:http';
const { PORT, RELEASE, DATABASE_URL } = process.env;
createServer((request, response) => {
  response.statusCode = request.url === '/things' ? 401 : 200;
  response.end(JSON.stringify({ release: RELEASE, database: new URL(DATABASE_URL).pathname }));
}).listen(Number(PORT), '127.0.0.1');
`;

let database: TestDatabase;
let root: string;
let port: number;
beforeAll(async () => {
  database = await createTestDatabase();
  [port] = (await freePorts(1)) as [number];
  root = mkdtempSync(join(realpathSync(tmpdir()), 'opsgraph-graph-'));
  const application = {
    name: 'app',
    directory: 'app',
    files: ['src'],
    migrations: ['tasks/migration/migrations'],
  };
  write('config/application.ts', `export default ${JSON.stringify(application)};\n`);
  write('tasks/migration/migrations/1_first.sql', '-- migrate:up\nCREATE TABLE things (name text);\n');
  write('app/src/main.mjs', main);
  write('config/local.ts', 'export default {};\n');
  const deployment = {
    hosts: { here: {} },
    root: 'hosts',
    confirm: false,
    cleanCommit: false,
    service: { run: ['node', 'src/main.mjs'], ports: [port], variables: { DATABASE_URL: 'env:DATABASE_URL' } },
    smoke: ['/things'],
  };
  write('config/staging.ts', `export default ${JSON.stringify({ sandbox: true, deployment })};\n`);
});
afterAll(async () => {
  await run('deployment#stop:staging', '--only');
  await database.drop();
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

it('turbo run deploy:staging ends with the service running and verified, and the second time has nothing to do; a change is deployed', async () => {
  const whole = await run('deployment#deploy:staging', '--dry=json');
  const planned = readPlan(whole.stdout, 'staging').map(({ id }) => id);
  expect(planned.filter((id) => !steps.includes(id)).sort()).toEqual(checks);
  expect(planned.indexOf('deployment#release')).toBe(checks.length);
  expect(planned.filter((id) => steps.includes(id)).slice(-6)).toEqual(steps.slice(-6));

  const first = await run(...steps, '--only');
  expect(first, first.stdout + first.stderr).toMatchObject({ code: 0 });
  const [, release] = /staging runs release ([0-9a-f]{16}): http:\/\/127\.0\.0\.1:/.exec(first.stdout) ?? [];
  const health = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(await health.json()).toEqual({ release, database: new URL(database.url.reveal()).pathname });
  // it asks who comes, so it is there
  expect((await fetch(`http://127.0.0.1:${port}/things`)).status).toBe(401);
  const verified = 'SELECT state, release FROM ops.deployment WHERE finished_at IS NOT NULL';
  expect(await database.session((session) => session.query(verified))).toEqual([{ state: 'verified', release }]);

  const second = await run(...steps, '--only');
  expect(second, second.stdout + second.stderr).toMatchObject({ code: 0 });
  expect(second.stdout).toContain(`nothing to do: staging runs release ${release} already`);

  // The application is outside of the checkout that turbo hashes: what is packed decides, and no cache.
  write('app/src/added.mjs', 'export const added = 1;\n');
  const third = await run(...steps, '--only');
  expect(third, third.stdout + third.stderr).toMatchObject({ code: 0 });
  const [, next] = /staging runs release ([0-9a-f]{16}): http:\/\/127\.0\.0\.1:/.exec(third.stdout) ?? [];
  expect(next).toMatch(/^[0-9a-f]{16}$/);
  expect(next).not.toBe(release);
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toMatchObject({ release: next });
}, 300_000);

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** The graph of this repository on the project of this test, with a cache of its own: what it packs is another application. */
function run(...args: string[]): Promise<Ended> {
  const env = {
    HOME: process.env['HOME'],
    PATH: toolPath(process.env['PATH']),
    OPS_ROOT: root,
    OPS_STATE_DIR: join(root, '.ops'),
    DATABASE_URL: database.url.reveal(),
  };
  const argv = ['run', ...args, '--ui=stream', `--cache-dir=${join(root, 'cache')}`];
  return followProcess(spawn(turbo(), argv, { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] })).ended;
}
