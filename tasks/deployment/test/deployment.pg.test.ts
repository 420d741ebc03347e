import { join } from 'node:path';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { findChapters, migrateLedger, setEnvironment } from '@opsgraph/ledger';
import { run } from '@opsgraph/shell';
import { createTestDatabase } from '@opsgraph/testing';
import { freePorts } from '@opsgraph/testing/free-ports';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeApplication } from './application.ts';

const main = (version: string): string => `
import { createServer } from 'node:http';
createServer((request, response) => response.end(JSON.stringify({ release: process.env.RELEASE, version: '${version}' })))
  .listen(Number(process.env.PORT), '127.0.0.1');
`;

let project: TaskProject;
let port: number;
let deployment: (more: string, root?: string, at?: number) => string;

beforeAll(async () => {
  project = await createTaskProject();
  [port] = (await freePorts(1)) as [number];
  deployment = (more, root = 'hosts', at = port) => `export default {
    deployment: {
      hosts: { here: {} }, root: '${root}', ${more}
      service: { run: ['node', 'src/main.mjs'], ports: [${at}] },
      health: { interval: '50ms', deadline: '10s' },
    },
  };\n`;
  project.write('config/local.ts', deployment('confirm: false, cleanCommit: false,'));
  writeApplication(project, main('1'));
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
  project.write('app/src/main.mjs', main('2'));
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
    hosts: [{ host: 'here', by: expect.any(String), since: expect.any(String) }],
    schema: '20250101000000_first',
    drift: [],
  });
  // what was gone back from
  expect(await task('prune-releases', ['--dry-run'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/1 release would be removed[\s\S]*remove +release [0-9a-f]{16} from here/),
  });
  expect(await task('prune-releases')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/1 release was removed[\s\S]*remove +release [0-9a-f]{16} from here/),
  });
  expect(await task('backup-gate')).toMatchObject({ code: 0, stderr: expect.stringContaining('no backup of local') });
  expect((await task('prune-releases', ['--dry-run'])).stdout).toContain('0 releases would be removed');
  expect((await task('stop', ['--dry-run'])).stdout).toContain('would be stopped on here');
  expect(await answer()).toMatchObject({ version: '1' });
  expect((await task('stop')).stdout).toContain('is stopped on here');
  expect((await task('stop', ['--dry-run'])).stdout).toContain('no service is running');
  await expect(answer()).rejects.toThrow();
  expect((await task('status')).code).toBe(1);
}, 300_000);

it('shows what a deployment would do, and refuses its hash with 77 when anything has moved', async () => {
  expect((await deploy()).at(-1)).toMatch(/^0 /);
  const planned = async () => {
    const { code, stdout } = await task('plan', ['--json']);
    expect(code).toBe(0);
    return JSON.parse(stdout).result as { plan: string; hosts: unknown[]; migrations: { lines: string[] }[] };
  };
  const before = await planned();
  expect(before.hosts).toMatchObject([{ host: 'here' }]);

  project.write('app/src/main.mjs', main('3'));
  expect((await task('release')).code).toBe(0);
  const changed = await planned();
  expect(changed.plan).not.toBe(before.plan);
  expect(changed.hosts).toEqual([
    {
      host: 'here',
      isAsked: true,
      from: expect.any(String),
      act: 'switch',
      upload: { files: 1, bytes: main('3').length, unchanged: 1 },
    },
  ]);

  const migration = 'tasks/migration/migrations/20250102000000_second.sql';
  project.write(migration, '-- migrate:up\nALTER TABLE t ALTER COLUMN a TYPE bigint;\n');
  expect((await task('release')).code).toBe(0);
  const migrating = await planned();
  expect(migrating.migrations).toMatchObject([
    { lines: [expect.stringMatching(/^locks public\.t ACCESS EXCLUSIVE \(blocks reads and writes\), rewrites it/)] },
  ]);
  // it was rehearsed, not applied
  const type = await project.database.session((session) =>
    session.query(
      "SELECT format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'a'",
    ),
  );
  expect(type).toEqual([{ type: 'integer' }]);
  const text = await task('preflight', ['--dry-run']);
  expect(text.stdout).toMatch(/upload here: 1 file, .*; 1 unchanged file linked from/);
  expect(text.stdout).toContain('measured locks public.t ACCESS EXCLUSIVE');

  const refused = { code: 77, stderr: expect.stringContaining('no longer holds') };
  const preflight = (plan: string) => task('preflight', [], { OPS_PLAN: plan });
  for (const { plan } of [before, changed]) expect(await preflight(plan)).toMatchObject(refused);
  // the same name with another content, or with another setting
  project.write(migration, '-- migrate:up\nALTER TABLE t ALTER COLUMN a TYPE smallint;\n');
  expect(await preflight(migrating.plan)).toMatchObject(refused);
  project.write(migration, '-- migrate:up\nALTER TABLE t ALTER COLUMN a TYPE bigint;\n');
  project.write('config/local.ts', deployment('confirm: false, cleanCommit: false, keep: 2,'));
  expect(await preflight(migrating.plan)).toMatchObject(refused);
  project.write('config/local.ts', deployment('confirm: false, cleanCommit: false,'));
  // a service that has ended
  expect((await task('stop')).code).toBe(0);
  expect(await preflight(migrating.plan)).toMatchObject(refused);
  expect(
    await project.database.session((session) => session.query("SELECT 1 FROM pg_stat_user_tables WHERE relname = 't'")),
  ).toHaveLength(1);

  const now = await planned();
  expect((await preflight(now.plan)).code).toBe(0);
  for (const step of ['../migration/migrate', 'rollout', 'verify', 'deploy']) expect((await task(step)).code).toBe(0);
  expect(await answer()).toMatchObject({ version: '3' });
}, 300_000);

it('refuses a step without a deployment, and the last one before the others, which can still be run then', async () => {
  const alone = await task('rollout');
  expect(alone).toMatchObject({ code: 77, stderr: expect.stringContaining('no deployment to local is open') });
  const early = (words: string) => ({ code: 77, stderr: expect.stringContaining(words) });
  project.write('app/src/main.mjs', main('3.1'));
  for (const step of ['release', 'preflight']) expect(await task(step)).toMatchObject({ code: 0 });
  expect(await task('deploy')).toMatchObject(early('was not rolled out yet'));
  expect(await task('rollout')).toMatchObject({ code: 0 });
  expect(await task('deploy')).toMatchObject(early('was not verified yet'));
  for (const step of ['verify', 'deploy']) expect(await task(step)).toMatchObject({ code: 0 });
  expect(await answer()).toMatchObject({ version: '3.1' });
});

it('to a production goes only what is confirmed, committed, and was verified before', async () => {
  const target = await createTestDatabase();
  await target.session(async (session) => {
    await migrateLedger(session, await findChapters());
    await setEnvironment(session, 'other', 'test');
  });
  const other = (step: string, env = {}) =>
    task(step, ['--env', 'other'], { DATABASE_URL: target.url.reveal(), OPS_CONFIRM: 'other', ...env });
  const refusal = (words: string) => ({ code: 77, stderr: expect.stringContaining(words) });
  const git = (...args: string[]) =>
    run(['git', '-C', project.root, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args]);
  const commit = async () => {
    await git('add', '.');
    await git('commit', '-qm', 'all');
  };
  // by itself, too: something was released here before, and is not what will be committed
  expect((await deploy()).at(-1)).toMatch(/^0 /);
  // what is verified is asked there with that environment's own files
  project.write('config/.env.local', `DATABASE_URL=${project.database.url.reveal()}\n`);
  project.write('config/other.ts', deployment('verifiedOn: "local",', 'others', (await freePorts(1))[0]));
  project.write('.gitignore', '.ops\n.env*\nhosts\nothers\ntasks/deployment\n');
  try {
    for (const step of ['preflight', 'rollout', 'verify', 'deploy', 'rollback', 'stop'])
      expect(await task(step, ['--env', 'other'])).toMatchObject(refusal('was not confirmed'));
    expect(await other('preflight', { OPS_CONFIRM: 'local' })).toMatchObject(refusal('was confirmed for "local"'));
    expect(await other('preflight')).toMatchObject(refusal('not a git checkout'));
    await git('init', '-q');
    await commit();
    project.write('notes.txt', 'not committed');
    expect(await other('preflight')).toMatchObject(refusal('1 file has uncommitted changes'));

    project.write('app/src/main.mjs', main('4'));
    await commit();
    expect(await other('preflight')).toMatchObject(refusal('the artifact is release'));
    expect((await task('release')).code).toBe(0);
    expect(await other('preflight')).toMatchObject(refusal('was never deployed to local'));
    expect((await deploy()).at(-1)).toBe('0 changed');
    for (const step of ['preflight', '../migration/migrate', 'rollout', 'verify', 'deploy'])
      expect(await other(step)).toMatchObject({ code: 0 });
    const recorded = 'SELECT reason, git_commit, state FROM ops.deployment ORDER BY position DESC LIMIT 1';
    const head = (await git('rev-parse', 'HEAD')).stdout.trim();
    expect(await target.session((session) => session.query(recorded))).toEqual([
      { reason: null, git_commit: head, state: 'verified' },
    ]);

    // what staging went back from is not verified any more; who overrides it must say why
    expect((await task('rollback')).code).toBe(0);
    expect(await other('preflight')).toMatchObject(refusal('local rolled back from release'));
    expect(await other('preflight', { OPS_OVERRIDE: 'staging is down' })).toMatchObject({ code: 0 });
    expect(await target.session((session) => session.query(recorded))).toEqual([
      { reason: 'staging is down', git_commit: head, state: 'open' },
    ]);
    for (const step of ['rollout', 'verify', 'deploy']) expect(await other(step)).toMatchObject({ code: 0 });
  } finally {
    await other('stop');
    await target.drop();
  }
}, 300_000);
