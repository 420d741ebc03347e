import { createServer } from 'node:net';
import { join } from 'node:path';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { run } from '@opsgraph/shell';
import { afterAll, beforeAll, expect, it } from 'vitest';

const main = (version: string): string => `
import { createServer } from 'node:http';
createServer((request, response) => response.end(JSON.stringify({ release: process.env.RELEASE, version: '${version}' })))
  .listen(Number(process.env.PORT), '127.0.0.1');
`;

let project: TaskProject;
let port: number;

beforeAll(async () => {
  project = await createTaskProject();
  port = await freePort();
  const deployment = (more: string): string => `export default {
    deployment: {
      hosts: { here: {} }, root: 'hosts', ${more}
      service: { run: ['node', 'src/main.mjs'], ports: [${port}] },
      health: { interval: '50ms', deadline: '10s' },
    },
  };\n`;
  project.write('config/local.ts', deployment('confirm: false, cleanCommit: false,'));
  project.write('config/other.ts', deployment('verifiedOn: "local",'));
  project.write('tasks/migration/migrations/20250101000000_first.sql', '-- migrate:up\nCREATE TABLE t (a int);\n');
  project.write('packages/sample-service/package.json', '{"type":"module"}');
  project.write('packages/sample-service/src/main.mjs', main('1'));
});
afterAll(async () => {
  await task('stop');
  await project.remove();
});

const file = (name: string): string => join(import.meta.dirname, '..', `${name}.ts`);
const task = (name: string, args: string[] = [], env = {}) => project.run(file(name), args, env);

/** The steps as the graph runs them; stops at the first that fails. */
async function deploy(): Promise<string[]> {
  const ended = [];
  for (const step of ['release', 'preflight', '../migration/migrate', 'rollout', 'verify', 'deploy']) {
    const { code, stdout, stderr } = await task(step);
    ended.push(`${code} ${/^✔ (\w+)/.exec(stdout)?.[1] ?? stderr}`);
    if (code !== 0) break;
  }
  return ended;
}

async function answer(): Promise<{ version: string }> {
  return (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as { version: string };
}

it('deploys, has nothing to do, deploys a change, goes back, says so, and stops', async () => {
  expect(await deploy()).toEqual(['0 ok', '0 ok', '0 changed', '0 changed', '0 changed', '0 changed']);
  expect(await deploy()).toEqual(['0 ok', '0 ok', '0 ok', '0 ok', '0 ok', '0 ok']);
  project.write('packages/sample-service/src/main.mjs', main('2'));
  const plan = await task('plan');
  expect((await task('release')).code).toBe(0);
  expect(plan.code).toBe(0);
  expect((await task('plan')).stdout).toMatch(/upload .*\n.*switch/);
  expect((await deploy()).at(-1)).toBe('0 changed');
  expect(await answer()).toMatchObject({ version: '2' });
  expect((await task('rollback', ['--dry-run'])).code).toBe(0);
  expect(await answer()).toMatchObject({ version: '2' });
  expect((await task('rollback')).code).toBe(0);
  expect(await answer()).toMatchObject({ version: '1' });
  const status = await task('status', ['--json']);
  expect(status.code).toBe(0);
  expect(JSON.parse(status.stdout).result).toMatchObject({
    hosts: [{ host: 'here', by: expect.any(String) }],
    drift: [],
  });
  expect((await task('stop')).stdout).toContain('stopped on here');
  await expect(answer()).rejects.toThrow();
  expect((await task('status')).code).toBe(1);
}, 300_000);

it('refuses a plan that is not what would happen now, and a step without a deployment', async () => {
  const stale = await task('preflight', ['--plan', '0000000000000000']);
  expect(stale).toMatchObject({ code: 77, stderr: expect.stringContaining('is not what would happen now') });
  const alone = await task('rollout');
  expect(alone).toMatchObject({ code: 77, stderr: expect.stringContaining('no deployment to local is open') });
});

it('refuses without a confirmation, and then a tree that is no commit', async () => {
  const unconfirmed = await task('preflight', ['--env', 'other']);
  expect(unconfirmed).toMatchObject({ code: 77, stderr: expect.stringContaining('was not confirmed') });
  await project.database.session((session) => session.execute("UPDATE ops.environment SET name = 'other'"));
  try {
    const confirmed = { OPS_CONFIRM: 'other' };
    const dirty = await task('preflight', ['--env', 'other'], confirmed);
    expect(dirty).toMatchObject({ code: 77, stderr: expect.stringContaining('no checkout of git') });
    const git = (...args: string[]) =>
      run(['git', '-C', project.root, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args]);
    project.write('.gitignore', '.ops\nhosts\ntasks/deployment\n');
    await git('init', '-q');
    await git('add', '.');
    await git('commit', '-qm', 'all');
    const unverified = await task('preflight', ['--env', 'other'], confirmed);
    expect(unverified).toMatchObject({ code: 77, stderr: expect.stringContaining('verified on local') });
    const overridden = await task('preflight', ['--env', 'other', '--override', 'staging is down'], confirmed);
    expect(overridden.stderr + overridden.stdout).toContain('can go to other');
    const [row] = await project.database.session((session) =>
      session.query(
        'SELECT reason, git_commit IS NOT NULL AS committed FROM ops.deployment ORDER BY position DESC LIMIT 1',
      ),
    );
    expect(row).toEqual({ reason: 'staging is down', committed: true });
  } finally {
    await project.database.session(async (session) => {
      await session.execute("UPDATE ops.environment SET name = 'local'");
      await session.execute('UPDATE ops.deployment_lease SET deployment = NULL');
    });
  }
}, 60_000);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
