import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allFiles, sightings, watchCommandLines } from './canaries.ts';
import { createUsersProject, type UsersProject } from './project.ts';

let project: UsersProject;
beforeAll(async () => {
  project = await createUsersProject();
});
afterAll(() => project.remove());
beforeEach(async () => {
  project.configure('{}');
  await project.query('TRUNCATE users, service_accounts, service_account_keys, ops.run');
});

const ana = ['--email', 'ana@example.org'];
const importer = ['--name', 'importer', '--scope', 'simulations:read'];
const shown = (stdout: string): string => stdout.trimEnd().split('\n').at(-1)!;

describe('create-admin', () => {
  it('shows a password once; again it is ok and nothing changed', async () => {
    const first = await project.run('create-admin', ana);
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('✔ changed') });
    expect(shown(first.stdout)).toMatch(/^[0-9A-Za-z]{24}$/);
    const second = await project.run('create-admin', ['--email', 'ANA@Example.org']);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/✔ ok.*administrator already/) });
    expect(await project.query('SELECT email, role FROM users')).toEqual([{ email: 'ana@example.org', role: 'admin' }]);
    expect(await project.query('SELECT task, outcome FROM ops.run ORDER BY started_at')).toEqual([
      { task: 'users:create-admin', outcome: 'changed' },
      { task: 'users:create-admin', outcome: 'ok' },
    ]);
  });

  it('makes one row when 16 run at once, and all exit 0', async () => {
    const done = await Promise.all(Array.from({ length: 16 }, () => project.run('create-admin', ana)));
    expect(done.map(({ code }) => code)).toEqual(Array(16).fill(0));
    expect(done.filter(({ stdout }) => stdout.includes('changed'))).toHaveLength(1);
    expect(await project.query('SELECT email FROM users')).toHaveLength(1);
  });

  it('refuses a password on the command line, explains, and keeps it nowhere', async () => {
    const canary = 'c4nary-correct-horse';
    for (const given of [['--password', canary], [`--password=${canary}`], ['--password-from', canary]]) {
      const { code, stdout, stderr } = await project.run('create-admin', [...ana, ...given]);
      expect(code).toBe(64);
      expect(stderr).toMatch(/prompt.*stdin.*file:PATH/);
      expect(sightings(stdout + stderr + allFiles(project.root), [canary])).toEqual([]);
    }
    expect(await project.query('SELECT 1 FROM users')).toEqual([]);
  });

  it('takes a password from stdin, a private file or a program, and refuses one that is weak or missing', async () => {
    const file = join(project.root, 'password');
    writeFileSync(file, 'correct horse battery\n', { mode: 0o600 });
    const from = (source: string, stdin = '') =>
      project.run('create-admin', ['--email', `${source.length}@example.org`, '--password-from', source], { stdin });
    expect(await from('stdin', 'correct horse battery\n')).toMatchObject({ code: 0 });
    expect(await from('file:password')).toMatchObject({ code: 0 });
    expect(await from(`cmd:head -1 ${file}`)).toMatchObject({ code: 0 });
    expect(await from('stdin', '')).toMatchObject({ code: 0, stdout: expect.stringContaining('already') });
    const other = ['--email', 'bob@example.org', '--password-from'];
    expect(await project.run('create-admin', [...other, 'stdin'])).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('closed or empty'),
    });
    expect(await project.run('create-admin', [...other, 'stdin'], { stdin: 'password2024' })).toMatchObject({
      code: 65,
    });
    expect(await project.run('create-admin', [...other, 'prompt'])).toMatchObject({ code: 64 });
    chmodSync(file, 0o644);
    expect(await project.run('create-admin', [...other, 'file:password'])).toMatchObject({ code: 78 });
    expect(await project.query("SELECT 1 FROM users WHERE email = 'bob@example.org'")).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['10 kB', 'a'.repeat(10_000)],
    ['a control character', 'ana\u001b[2J@example.org'],
    ['SQL', "'; DROP TABLE users; --@example.org"],
    ['right-to-left', '\u202eana@example.org'],
    ['Cyrillic', '\u0430na@example.org'],
  ])('refuses an address (%s) with a short message and no control characters', async (_, address) => {
    const { code, stderr } = await project.run('create-admin', ['--email', address]);
    expect([64, 65]).toContain(code);
    expect(stderr).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]{20,800}$/);
    expect(await project.query('SELECT 1 FROM users')).toEqual([]);
  });

  it('says which column of the table is missing', async () => {
    project.configure("{ users: { columns: { email: 'mail' } } }");
    const { code, stderr } = await project.run('create-admin', ana);
    expect(code).toBe(78);
    expect(stderr).toContain('column mail is missing (accounts.users.columns.email)');
  });
});

describe('in CI, where stdout is kept', () => {
  it('no secret is shown, and nothing is made; a file is fine', async () => {
    const env = { CI: 'true' };
    expect(await project.run('provision-service-account', importer, { env })).toMatchObject({
      code: 77,
      stderr: expect.stringContaining('--out PATH'),
    });
    expect(await project.query('SELECT 1 FROM service_accounts')).toEqual([]);
    const { code, stdout } = await project.run('provision-service-account', [...importer, '--out', 'new.key'], {
      env,
    });
    expect([code, stdout.includes('sim_')]).toEqual([0, false]);
    const path = join(project.root, 'new.key');
    expect(readFileSync(path, 'utf8')).toMatch(/^sim_\w{46}\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await project.run('provision-service-account', importer, { env })).toMatchObject({ code: 0 });
  });
});

describe('service accounts', () => {
  it.each([
    ['--name', '../../x', '--scope', 'simulations:read'],
    ['--name', 'importer', '--scope', 'simulations:drop'],
    ['--name', 'importer', '--scope', ','],
    ['--name', 'importer', '--scope', 'simulations:read', '--expires', '0'],
    ['--name', 'importer', '--scope', 'simulations:read', '--expires', '99999999d'],
    ['--name', 'importer', '--scope', 'simulations:read', '--expires=-5d'],
    ['--name', 'importer', '--scope', 'simulations:read', '--expires', '2020-01-01'],
    ['--name', 'importer', '--scope', 'simulations:read', '--out', 'missing/dir/key'],
    ['--name', 'importer', '--scope', 'simulations:read', '--sink', 'vault put'],
    ['--name', 'importer', '--scope', 'simulations:read', '--sink', "cmd:vault 'put"],
  ])('refuse %s %s %s %s %s %s before anything is made', async (...args) => {
    const { code, stderr } = await project.run('provision-service-account', args);
    expect([64, 65, 73]).toContain(code);
    expect(stderr).toContain('→');
    expect(await project.query('SELECT 1 FROM service_accounts')).toEqual([]);
  });

  it('revoke the key again when the sink fails, and say so', async () => {
    const { code, stderr } = await project.run('provision-service-account', [...importer, '--sink', 'cmd:false']);
    expect(code).toBe(76);
    expect(stderr).toMatch(/key \w{10} was revoked again/);
    expect(await project.query('SELECT revoked_at IS NOT NULL AS revoked FROM service_account_keys')).toEqual([
      { revoked: true },
    ]);
  });

  it('killed before the key was handed over and run again, have one key that works, and no other', async () => {
    const killed = project.start('provision-service-account', [...importer, '--sink', 'cmd:sleep 3']);
    const gone = new Promise((resolve) => killed.on('close', resolve));
    const keys = () =>
      project.query(
        `SELECT revoked_at IS NOT NULL AS revoked, delivered_at IS NOT NULL AS delivered
         FROM service_account_keys ORDER BY id`,
      );
    await expect.poll(keys).toEqual([{ revoked: false, delivered: false }]);
    killed.kill('SIGKILL');
    await gone;
    const { code, stdout } = await project.run('provision-service-account', importer);
    expect(code).toBe(0);
    expect(stdout).toMatch(/revoke key \w{10}, which was not delivered(.|\n)*issue key/);
    expect(await keys()).toEqual([
      { revoked: true, delivered: false },
      { revoked: false, delivered: true },
    ]);
    expect(await project.query('SELECT outcome FROM ops.run ORDER BY started_at')).toEqual([
      { outcome: 'interrupted' },
      { outcome: 'changed' },
    ]);
    expect(await project.run('provision-service-account', importer)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('✔ ok'),
    });
  });

  it('are listed, and with --check a key that is about to end is exit code 1', async () => {
    await project.run('provision-service-account', [...importer, '--expires', '10d']);
    expect(await project.run('list-service-accounts')).toMatchObject({ code: 0 });
    expect(await project.run('list-service-accounts', ['--check', '--within', '9d'])).toMatchObject({ code: 0 });
    const { code, stdout } = await project.run('list-service-accounts', ['--check', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).result.accounts).toMatchObject([
      { name: 'importer', finding: expect.stringContaining('its key ends at') },
    ]);
  });
});

describe('the canaries of real runs', () => {
  it('stand in the one place on stdout and in no log, audit, table, argument or file', async () => {
    const vault = join(project.root, '..', `vault-${process.pid}`);
    const secrets: string[] = [];
    const others: string[] = [];
    const watch = watchCommandLines();
    const reveal = async (task: string, args: string[]) => {
      const { code, stdout, stderr } = await project.run(task, args);
      expect(code).toBe(0);
      secrets.push(shown(stdout));
      others.push(stdout.trimEnd().split('\n').slice(0, -1).join('\n'), stderr);
    };
    await reveal('create-admin', ana);
    await reveal('reset-admin', ana);
    await reveal('reset-admin', [...ana, '--password-from', 'link']);
    await reveal('provision-service-account', [...importer, '--verbose']);
    await reveal('rotate-service-account', ['--name', 'importer']);
    await reveal('rotate-service-account', ['--name', 'importer', '--now']);
    const sink = `cmd:sh -c 'cat > ${vault}'`;
    const handed = await project.run('rotate-service-account', ['--name', 'importer', '--sink', sink]);
    secrets.push(readFileSync(vault, 'utf8'));
    rmSync(vault);
    others.push(handed.stdout, handed.stderr);
    const seen = await watch.end();

    expect(secrets.map((secret) => secret.length)).toEqual([24, 24, 40, 50, 50, 50, 50]);
    expect(new Set(secrets).size).toBe(7);
    expect(sightings(others.join('\n'), secrets)).toEqual([]);
    expect(sightings(allFiles(project.root), secrets)).toEqual([]);
    expect(seen).toContain('rotate-service-account');
    expect(sightings(seen, secrets)).toEqual([]);
    for (const table of ['users', 'service_accounts', 'service_account_keys', 'ops.run']) {
      const rows = await project.query(`SELECT t::text AS row FROM ${table} t`);
      expect(rows.length).toBeGreaterThan(0);
      expect(sightings(JSON.stringify(rows), secrets), table).toEqual([]);
    }
  });
});
