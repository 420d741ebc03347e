import { join } from 'node:path';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const backfill = join(import.meta.dirname, '..', 'backfill.ts');
const migrate = join(import.meta.dirname, '..', 'migrate.ts');
const rows = 10_000;

let project: TaskProject;
beforeEach(async () => {
  project = await createTaskProject({
    prepare: (session) =>
      session.execute(
        `CREATE TABLE accounts (id bigint PRIMARY KEY, email text NOT NULL, email_lower text, times integer NOT NULL DEFAULT 0);
         INSERT INTO accounts SELECT n, 'User' || n || '@Example.org' FROM generate_series(1, ${rows}) AS n`,
      ),
  });
  project.write(
    'tasks/migration/backfills/lower-emails.ts',
    `export default {
       name: 'lower-emails', table: 'accounts', key: 'id', rows: 'email_lower IS NULL',
       set: 'email_lower = lower(email), times = times + 1', done: 'no-row-left',
     };`,
  );
  project.write(
    'config/local.ts',
    "export default { backfills: { batchTime: '20ms', load: 80, transactionAge: '1h' } };\n",
  );
});
afterEach(() => project.remove());

const query = (sql: string) => project.database.session((session) => session.query(sql));
const wrong = () => query('SELECT FROM accounts WHERE email_lower IS DISTINCT FROM lower(email) OR times <> 1');

describe('backfill', () => {
  it('does what the file says, tells how many rows, and the second time nothing', async () => {
    const first = await project.run(backfill, ['--json']);
    expect(JSON.parse(first.stdout)).toMatchObject({
      outcome: 'changed',
      changes: [{ action: 'backfill', object: 'lower-emails', count: rows }],
    });
    expect(await wrong()).toEqual([]);
    expect(await project.run(backfill)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('no backfill is open'),
    });
    expect(await project.run(backfill, ['--status'])).toMatchObject({
      stdout: expect.stringMatching(
        /1 done, 0 to do[\s\S]*done {2}lower-emails {2}10,000 rows worked on, 20,000 looked at/,
      ),
    });
  });

  it('in a dry run tells the rows, the index and the time, and changes nothing', async () => {
    const { code, stdout } = await project.run(backfill, ['--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/about 10,000, of which 10,000 need work/);
    expect(stdout).toMatch(/one batch +1,000 rows, 1,000 worked on, \d+ ms/);
    expect(stdout).toMatch(/all +about [\d.]+ s/);
    expect(stdout).toMatch(/Index Only Scan using accounts_pkey/);
    expect(await query('SELECT count(email_lower) AS done FROM accounts')).toEqual([{ done: 0 }]);
    expect(await query('SELECT FROM ops.backfill')).toEqual([]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const)('ended by %s goes on where it was', async (signal, code) => {
    const task = project.start(backfill);
    await task.shows('begins with');
    task.child.kill(signal);
    expect(await task.ended).toMatchObject({ code });
    expect(await query('SELECT FROM accounts WHERE times > 1')).toEqual([]);
    expect(await project.run(backfill, ['--lock-wait', '10s'])).toMatchObject({ code: 0 });
    expect(await wrong()).toEqual([]);
  });

  it('is resumed by another run, and keeps no migration waiting', async () => {
    // It pauses itself in the middle: a run that does it might come too late.
    await query(
      `CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO ops.backfill_pause (name, paused_by) VALUES ('lower-emails', 'ana'); RETURN NEW; END$$;
       CREATE TRIGGER pause AFTER UPDATE ON accounts FOR EACH ROW WHEN (OLD.id = 2500) EXECUTE FUNCTION pause()`,
    );
    const task = project.start(backfill);
    await task.shows('waits: ana paused it');
    project.write('tasks/migration/migrations/1_other.sql', '-- migrate:up\nALTER TABLE accounts ADD note text;\n');
    expect(await project.run(migrate, ['--lock-wait', '100ms'])).toMatchObject({ code: 0 });
    expect(await project.run(backfill, ['--status'])).toMatchObject({
      stdout: expect.stringMatching(/open {2}lower-emails.*paused by/),
    });
    expect(await project.run(backfill, ['--resume', 'lower-emails'])).toMatchObject({ code: 0 });
    expect(await task.ended).toMatchObject({ code: 0, stderr: expect.stringContaining('continues') });
    expect(await wrong()).toEqual([]);
  });

  it('started four times at once is done once', async () => {
    const all = await Promise.all(
      Array.from({ length: 4 }, () => project.run(backfill, ['--json', '--lock-wait', '1m'])),
    );
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(all.filter(({ stdout }) => JSON.parse(stdout).outcome === 'changed')).toHaveLength(1);
    expect(await wrong()).toEqual([]);
  });

  it('tells a usage that contradicts itself, and a paused one that was asked for', async () => {
    expect(await project.run(backfill, ['--pause', 'lower-emails', '--status'])).toMatchObject({ code: 64 });
    expect(await project.run(backfill, ['--pause', 'upper-emails'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('lower-emails'),
    });
    await project.run(backfill, ['--pause', 'lower-emails']);
    expect(await project.run(backfill)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('lower-emails is paused'),
    });
    expect(await query('SELECT count(email_lower) AS done FROM accounts')).toEqual([{ done: 0 }]);
  });
});
