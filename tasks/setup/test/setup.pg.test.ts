import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createTaskProject, type Ended, type TaskProject } from '@opsgraph/kit/testing';
import { createTestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const task = (name: string): string => join(import.meta.dirname, '..', `${name}.ts`);
const sandbox = (database: string): string => `export default {
  sandbox: true,
  database: { embedded: { database: '${database}', owner: '${database}_owner' }, roles: { app: { name: '${database}_app' } } },
};
`;

/** Its own embedded PostgreSQL: the tests of setup do not use the cluster of the test run. */
const embedded = { DATABASE_URL: '' };
/** Roles belong to the whole server, and several test runs may share one. */
const shop = `shop_${process.pid}`;
let project: TaskProject;
const run = (name: string, ...args: string[]): Promise<Ended> => project.run(task(name), args, embedded);
const json = async (name: string, ...args: string[]) => JSON.parse((await run(name, '--json', ...args)).stdout);
const objectsOf = ({ changes }: { changes: { object: string }[] }): string[] => changes.map(({ object }) => object);
let planned: string[];

beforeAll(async () => {
  project = await createTaskProject();
  project.write('config/local.ts', sandbox(shop));
  project.write('config/staging.ts', sandbox(`${shop}_staging`));
  project.write('config/production.ts', 'export default {};\n');
});
afterAll(async () => {
  await run('destroy-postgres', '--all');
  await project.remove();
});

describe('setup', () => {
  it('changes nothing in a dry run, and says what it would do', async () => {
    const dry = await json('setup', '--dry-run');
    expect(dry.outcome).toBe('ok');
    expect(() => statSync(join(project.root, 'config', '.env.local'))).toThrow('ENOENT');
    planned = objectsOf(dry);
  });

  it('goes from nothing to a marked database when four start at once', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => json('setup')));
    expect(all.map(({ exitCode }) => exitCode)).toEqual(Array(4).fill(0));
    expect(statSync(join(project.root, 'config', '.env.local')).mode & 0o777).toBe(0o600);
    const done = all.flatMap(objectsOf).filter((object) => !object.startsWith('PostgreSQL'));
    expect(done.sort()).toEqual(planned.filter((object) => object !== 'the embedded PostgreSQL').sort());
  });

  it('finds nothing to do the second time', async () => {
    const before = readFileSync(join(project.root, 'config', '.env.local'), 'utf8');
    expect(await json('setup')).toMatchObject({ outcome: 'ok', changes: [] });
    expect(readFileSync(join(project.root, 'config', '.env.local'), 'utf8')).toBe(before);
  });

  it('gives another environment a database of its own in the same server', async () => {
    const dry = await json('setup', '--env', 'staging', '--dry-run');
    const done = await json('setup', '--env', 'staging');
    expect(done).toMatchObject({ outcome: 'changed', environment: 'staging' });
    expect(objectsOf(done)).toEqual(objectsOf(dry));
    expect(await run('doctor', '--env', 'staging')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${shop}_staging`),
    });
  });

  it('starts nothing on this machine when DATABASE_URL is set', async () => {
    const { code, stdout } = await project.run(task('setup'), ['--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).summary).toContain(`${new URL(project.database.url.reveal()).pathname.slice(1)} at`);
  });

  it('refuses a URL that is none, and does not call it a bug', async () => {
    for (const step of ['setup', 'database', 'doctor']) {
      const { code, stdout, stderr } = await project.run(task(step), [], { DATABASE_URL: 'postgres://a:b?c@d/e' });
      expect({ code, said: stdout + stderr }).toEqual({
        code: step === 'doctor' ? 1 : 78,
        said: expect.stringContaining('DATABASE_URL is not a PostgreSQL URL'),
      });
    }
  });

  it('refuses production until it is configured, and says what is missing', async () => {
    expect(await run('setup', '--env', 'production')).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('DATABASE_URL'),
    });
  });

  it('is not done, nor is all well, while the role of the service has no password', async () => {
    project.write('config/keyless.ts', "export default { database: { roles: { app: { name: 'keyless_app' } } } };\n");
    const missing = (code: number, stream: 'stdout' | 'stderr') => ({
      code,
      [stream]: expect.stringMatching(/keyless_app.*DATABASE_APP_PASSWORD/),
    });
    for (const step of ['setup', 'configure', 'database'])
      expect(await project.run(task(step), ['--env', 'keyless'])).toMatchObject(missing(78, 'stderr'));
    expect(await project.run(task('doctor'), ['--env', 'keyless'])).toMatchObject(missing(1, 'stdout'));
  });

  it('does not remove the sandbox of another environment unasked', async () => {
    expect(await run('destroy-postgres')).toMatchObject({
      code: 77,
      stderr: expect.stringMatching(/also holds the sandbox of staging\n.*--all/),
    });
    expect(await json('overview')).toMatchObject({ exitCode: 0 });
    expect(await json('destroy-postgres', '--abandoned', '--dry-run')).toMatchObject({ exitCode: 0 });
  });

  it('leaves a database of somebody else alone, which says nothing of an environment', async () => {
    const foreign = await createTestDatabase();
    try {
      await foreign.session((session) => session.execute('CREATE TABLE orders (id integer)'));
      const env = { DATABASE_URL: foreign.url.reveal() };
      project.write('config/plain.ts', 'export default {};\n');
      for (const step of ['setup', 'database'])
        for (const args of [[], ['--dry-run'], ['--adopt', 'another']])
          expect(await project.run(task(step), ['--env', 'plain', ...args], env)).toMatchObject({
            code: 77,
            stderr: expect.stringContaining(`run database --env plain --adopt ${foreign.name}`),
          });
      const schemas = "SELECT nspname FROM pg_namespace WHERE nspname = 'ops'";
      expect(await foreign.session((session) => session.query(schemas))).toEqual([]);
      const adopted = ['--env', 'plain', '--adopt', foreign.name];
      expect(await project.run(task('database'), adopted, env)).toMatchObject({ code: 0 });
      expect(await project.run(task('database'), ['--env', 'plain'], env)).toMatchObject({ code: 0 });
    } finally {
      await foreign.drop();
    }
  });

  it('puts right what was lost: passwords that are gone from the file', async () => {
    project.write('config/.env.staging', '');
    expect(await run('doctor', '--env', 'staging')).toMatchObject({ code: 1 });
    expect((await json('setup', '--env', 'staging')).changes.map(({ object }: { object: string }) => object)).toEqual(
      expect.arrayContaining(['DATABASE_OWNER_PASSWORD', `password of role ${shop}_staging_owner`]),
    );
    expect(await run('doctor', '--env', 'staging')).toMatchObject({ code: 0 });
  });
});

describe('the doctor', () => {
  it('says that the server is not running, and setup starts it again with its data', async () => {
    expect(await json('stop-postgres')).toMatchObject({ outcome: 'changed' });
    expect(await json('stop-postgres')).toMatchObject({ outcome: 'ok' });
    expect(await run('doctor')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/embedded PostgreSQL {2}not running/),
    });
    expect(await run('overview')).toMatchObject({ code: 69 });
    expect(await run('setup')).toMatchObject({ code: 0 });
    expect(await run('overview')).toMatchObject({ code: 0, stdout: expect.stringContaining('no rows yet') });
  });

  it('notes that everybody may move the records away', async () => {
    const { mode } = statSync(project.root);
    const note = `${project.root} is open to all\n      → take that right away`;
    expect((await run('doctor')).stdout).not.toContain('records');
    chmodSync(project.root, 0o777);
    expect((await run('doctor')).stdout).toContain(note);
    chmodSync(project.root, 0o1777);
    expect((await run('doctor')).stdout).not.toContain('records');
    chmodSync(project.root, mode);
  });

  it('shows every problem of a broken configuration', async () => {
    project.write('config/broken.ts', "export default { databse: {}, logs: { keep: 'many' } };\n");
    const { code, stdout } = await run('doctor', '--env', 'broken');
    expect(code).toBe(1);
    for (const part of ['databse', 'database', 'logs.keep']) expect(stdout).toContain(part);
  });
});

describe('the marker', () => {
  it('is renamed only by its own task, confirmed, and then the former environment is refused', async () => {
    const rename = (...args: string[]): Promise<Ended> =>
      project.run(task('rename-environment'), ['--env', 'other', '--from', 'local', '--json', ...args]);
    const overview = (environment: string): Promise<Ended> => project.run(task('overview'), ['--env', environment]);
    // With DATABASE_URL set both environments lead to the same database.
    expect(await overview('other')).toMatchObject({ code: 77, stderr: expect.stringContaining('is "local"') });
    expect(await rename()).toMatchObject({ code: 77, stderr: expect.stringContaining('--confirm other') });
    expect(JSON.parse((await rename('--confirm', 'other')).stdout)).toMatchObject({ outcome: 'changed' });
    expect(JSON.parse((await rename('--confirm', 'other')).stdout)).toMatchObject({ outcome: 'ok' });
    expect(await overview('local')).toMatchObject({ code: 77 });
    expect(await overview('other')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('environment other'),
    });
  });

  it('is taken away only from the environment that was named, also for local, which is never asked', async () => {
    const rename = (from: string, to: string, ...args: string[]): Promise<Ended> =>
      project.run(task('rename-environment'), ['--env', to, '--from', from, ...args]);
    const marker = () => project.database.session((session) => session.query('SELECT name FROM ops.environment'));
    const refused = { code: 77, stderr: expect.stringContaining('--confirm other') };
    for (const to of ['local', 'staging']) {
      expect(await rename('other', to)).toMatchObject(refused);
      expect(await rename('other', to, '--confirm', to)).toMatchObject(refused);
    }
    expect(await marker()).toEqual([{ name: 'other' }]);
    expect(await rename('other', 'staging', '--confirm', 'other')).toMatchObject({ code: 0 });
    expect(await rename('other', 'staging', '--confirm', 'other')).toMatchObject({ code: 0 });
    expect(await rename('other', 'local', '--confirm', 'other')).toMatchObject({ code: 77 });
    expect(await rename('staging', 'local', '--confirm', 'staging')).toMatchObject({ code: 0 });
    expect(await marker()).toEqual([{ name: 'local' }]);
  });
});
