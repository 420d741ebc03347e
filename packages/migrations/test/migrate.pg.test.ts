import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withDomainLock } from '@opsgraph/ledger';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MigrateInput, type MigrateResult, migrate, planMigrations } from '../src/index.ts';
import { createProject, type Project, tableKnex, tableSql } from './support.ts';

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
beforeEach(() => project.reset());
afterAll(() => project.close());

const run = (more: Partial<MigrateInput> = {}): Promise<MigrateResult> =>
  project.database.session((session) => migrate(session, { ...project.settings, ...more }));
const recorded = async (): Promise<string[]> =>
  (await project.query('SELECT file FROM ops.migration ORDER BY position')).map(({ file }) => file as string);

describe('migrate', () => {
  it('applies SQL and knex files in the order of their names, and records them', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '2_b.js': tableKnex('b'), '3_c.sql': tableSql('c') });
    const result = await run({ run: 'run-7' });
    expect(result.applied.map(({ name }) => name)).toEqual(['1_a.sql', '2_b.js', '3_c.sql']);
    expect(await project.tables()).toEqual(['a', 'b', 'c']);
    expect(
      await project.query('SELECT stem, kind, status, batch, run, content FROM ops.migration ORDER BY position'),
    ).toEqual([
      { stem: '1_a', kind: 'sql', status: 'applied', batch: 1, run: 'run-7', content: tableSql('a') },
      { stem: '2_b', kind: 'knex', status: 'applied', batch: 1, run: 'run-7', content: tableKnex('b') },
      { stem: '3_c', kind: 'sql', status: 'applied', batch: 1, run: 'run-7', content: tableSql('c') },
    ]);
  });

  it('does nothing the second time', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '2_b.js': tableKnex('b') });
    await run();
    const before = await project.query('SELECT * FROM ops.migration');
    expect(await run()).toMatchObject({ applied: [], adopted: [], batch: undefined });
    expect(await project.query('SELECT * FROM ops.migration')).toEqual(before);
  });

  it('stops after --to, with or without extension, and knows an unknown one', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '2_b.sql': tableSql('b'), '3_c.sql': tableSql('c') });
    await run({ to: '1_a' });
    expect(await project.tables()).toEqual(['a']);
    await run({ to: '2_b.sql' });
    expect(await project.tables()).toEqual(['a', 'b']);
    await expect(run({ to: '9_z' })).rejects.toMatchObject({ code: 'MIGRATION_UNKNOWN', exitCode: 64 });
  });

  it('applies once when sixteen start at once on an empty database', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '2_b.js': tableKnex('b'), '3_c.sql': tableSql('c') });
    const results = await Promise.all(
      Array.from({ length: 16 }, () =>
        project.database.session((control) => withDomainLock(control, 'migration', { wait: 60_000 }, () => run())),
      ),
    );
    expect(results.map(({ applied }) => applied.length).toSorted()).toEqual([...Array(15).fill(0), 3]);
    expect(await recorded()).toEqual(['1_a.sql', '2_b.js', '3_c.sql']);
  });

  it('keeps what was before a failure, leaves nothing of the failed one, and goes on when it is corrected', async () => {
    await project.write({
      '1_a.sql': tableSql('a'),
      '2_b.sql': '-- migrate:up\n-- ümlaut 😀\nCREATE TABLE b ();\n\nCREATE TABLE b2 (\n  id wrong_type\n);\n',
      '3_c.js': tableKnex('c'),
    });
    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      exitCode: 1,
      message: '2_b.sql:6: type "wrong_type" does not exist',
      problems: [
        expect.stringContaining('statement: CREATE TABLE b2 ('),
        'applied before it: 1_a.sql',
        'not tried: 3_c.js',
      ],
    });
    expect(await project.tables()).toEqual(['a']);
    expect(await recorded()).toEqual(['1_a.sql']);
    await project.write({ '2_b.sql': tableSql('b') });
    await run();
    expect(await recorded()).toEqual(['1_a.sql', '2_b.sql', '3_c.js']);
  });

  it('names the line of a statement that fails without a position, and of one at commit', async () => {
    await project.write({
      '1_a.sql':
        '-- migrate:up\nCREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (1);\n\nINSERT INTO a VALUES (1);',
    });
    await expect(run()).rejects.toMatchObject({
      message: expect.stringMatching(/^1_a\.sql:5: duplicate key/),
      problems: expect.arrayContaining(['detail: Key (id)=(1) already exists.']),
    });
    await project.write({
      '1_a.sql':
        '-- migrate:up\nCREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1, 2);',
    });
    await expect(run()).rejects.toMatchObject({
      message: expect.stringMatching(/^1_a\.sql: insert or update on table "a" violates foreign key/),
    });
    expect(await recorded()).toEqual([]);
    expect(await project.tables()).toEqual([]);
  });

  it('names the line of a knex migration whose query fails', async () => {
    await project.write({
      '1_a.js':
        "exports.up = async (knex) => {\n  await knex.schema.createTable('a', (t) => { t.increments(); });\n  await knex.raw('SELECT * FROM nowhere');\n};\n",
    });
    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: '1_a.js:3: relation "nowhere" does not exist',
      problems: expect.arrayContaining(['statement: SELECT * FROM nowhere']),
    });
    expect(await project.tables()).toEqual([]);
  });

  it('ends with the reason of the signal, keeps earlier ones and rolls the current one back', async () => {
    await project.write({
      '1_a.sql': tableSql('a'),
      '2_b.sql': '-- migrate:up\nCREATE TABLE b (); SELECT pg_sleep(60);',
      '3_c.sql': tableSql('c'),
    });
    const stop = new AbortController();
    const reason = new Error('stop');
    const running = project.database.session(
      (session) => migrate(session, { ...project.settings, onApplied: () => stop.abort(reason) }),
      { signal: stop.signal },
    );
    await expect(running).rejects.toBe(reason);
    expect(await recorded()).toEqual(['1_a.sql']);
    await project.write({ '2_b.sql': tableSql('b') });
    await run();
    expect(await project.tables()).toEqual(['a', 'b', 'c']);
  });

  it.each([
    [
      'an SQL file',
      '1_a.sql',
      '-- migrate:up\nCREATE TABLE a (); SELECT pg_terminate_backend(pg_backend_pid()); CREATE TABLE z ();',
    ],
    [
      'a knex file',
      '1_a.js',
      "exports.up = async (knex) => { await knex.schema.createTable('a', () => {}); await knex.raw('SELECT pg_terminate_backend(pg_backend_pid())'); };",
    ],
  ])(
    'leaves nothing when the backend ends in the middle of %s, and succeeds afterwards',
    async (_what, name, content) => {
      await project.write({ [name]: content });
      await expect(run()).rejects.toMatchObject({ code: 'CONNECTION_LOST', exitCode: 69 });
      expect(await project.tables()).toEqual([]);
      expect(await recorded()).toEqual([]);
      await project.remove(name);
      await project.write({ '1_b.sql': tableSql('b') });
      await run();
      expect(await project.tables()).toEqual(['b']);
    },
  );

  it('retries a migration that meets a lock, each time with the timeout', async () => {
    await project.write({ '1_a.sql': tableSql('a') });
    await run();
    await project.write({ '2_b.sql': '-- migrate:up\nALTER TABLE a ADD b int;' });
    await project.database.session(async (holder) => {
      await holder.query('BEGIN; LOCK TABLE a');
      const migrating = project.database.session((session) => migrate(session, project.settings), { lockTimeout: 100 });
      const waiting = async (): Promise<boolean> =>
        (await holder.query("SELECT FROM pg_locks WHERE NOT granted AND relation = 'a'::regclass")).length > 0;
      while (!(await waiting()));
      while (await waiting());
      await holder.query('COMMIT');
      await expect(migrating).resolves.toMatchObject({ applied: [{ stem: '2_b' }] });
    });
  });

  it('never waits for ever, though the session is told to', async () => {
    await project.write({
      '1_t.sql': "-- migrate:up\nCREATE TABLE t AS SELECT current_setting('lock_timeout') AS timeout;",
    });
    await project.database.session((session) => migrate(session, project.settings), { lockTimeout: 0 });
    expect(await project.query('SELECT * FROM t')).toEqual([{ timeout: '1min' }]);
  });

  it('gives up after some attempts when the lock stays, and says where', async () => {
    await project.write({ '1_a.sql': tableSql('a') });
    await run();
    await project.write({ '2_b.sql': '-- migrate:up\nALTER TABLE a ADD b int;' });
    await project.database.session(async (holder) => {
      await holder.query('BEGIN; LOCK TABLE a');
      const migrating = project.database.session((session) => migrate(session, project.settings), { lockTimeout: 20 });
      await expect(migrating).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
        exitCode: 75,
        message: expect.stringContaining('2_b.sql:2'),
      });
      await holder.query('COMMIT');
    });
    expect(await recorded()).toEqual(['1_a.sql']);
  });

  it('gives each migration the settings of the session, whatever the one before set', async () => {
    await project.write({
      '1_a.sql':
        "-- migrate:up\nCREATE SCHEMA other; SET lock_timeout = 0; SELECT set_config('search_path', '', false);",
      '2_b.js': "exports.up = (knex) => knex.raw('SET search_path TO other');",
      '3_c.sql': "-- migrate:up\nCREATE TABLE c AS SELECT current_setting('lock_timeout') AS timeout;",
    });
    await run();
    expect(await project.query('SELECT timeout FROM public.c')).toEqual([{ timeout: '10s' }]);
  });

  it('tells that a migration came late, and applies it as knex does', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '3_c.sql': tableSql('c') });
    await run();
    await project.write({ '2_b.sql': tableSql('b') });
    expect(await run()).toMatchObject({
      applied: [{ stem: '2_b' }],
      notices: [{ kind: 'out-of-order', migration: '2_b.sql' }],
    });
  });

  it('uses the configured search path, and puts the old one back', async () => {
    await project.query('CREATE SCHEMA app');
    await project.write({ '1_a.sql': tableSql('a'), '2_b.js': tableKnex('b') });
    await project.database.session(async (session) => {
      await migrate(session, { ...project.settings, searchPath: ['app', 'public'] });
      expect(await session.query('SHOW search_path')).toEqual([{ search_path: '"$user", public' }]);
    });
    expect(
      await project.query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind = 'r' ORDER BY 1",
      ),
    ).toEqual(['a', 'b', 'knex_migrations', 'knex_migrations_lock'].map((relname) => ({ relname })));
  });
});

describe('a migration that cannot be used', () => {
  it.each([
    ['an empty SQL file', '2_x.sql', '', 'is empty'],
    ['an empty knex file', '2_x.js', '\n', 'is empty'],
    ['no migrate:up', '2_x.sql', 'CREATE TABLE x ();', '2_x.sql:1: has no `-- migrate:up`'],
    ['a NUL byte', '2_x.sql', '-- migrate:up\nSELECT 1;\nSELECT \0;', '2_x.sql:3: has a NUL byte'],
    ['invalid UTF-8', '2_x.sql', Buffer.from('-- migrate:up\nSELECT \xe9;', 'latin1'), '2_x.sql:2: is not valid UTF-8'],
    ['COMMIT in it', '2_x.sql', '-- migrate:up\nCREATE TABLE x ();\nCOMMIT;\n', '2_x.sql:3: says COMMIT'],
    ['no up', '2_x.js', 'exports.down = () => {};', 'exports no up function'],
    [
      'an import of nothing',
      '2_x.mjs',
      "import './nowhere.mjs';\nexport const up = () => {};",
      'imports what is not there',
    ],
    ['an exception on import', '2_x.cjs', "throw new Error('broken');", 'throws when it is imported: broken'],
  ])('(%s) stops everything before the first one', async (_what, name, content, problem) => {
    await project.write({ '1_a.sql': tableSql('a'), [name]: content });
    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATION_INVALID',
      exitCode: 65,
      problems: [expect.stringContaining(problem)],
    });
    expect(await project.tables()).toEqual([]);
    expect(await recorded()).toEqual([]);
  });

  it.each([
    ['throws a string', "exports.up = async () => { throw 'no'; };", 'it threw no, which is no Error'],
    ['throws undefined', 'exports.up = async () => { throw undefined; };', 'it threw undefined'],
    ['throws at once', "exports.up = () => { throw new TypeError('odd'); };", 'odd'],
    [
      'rolls back',
      "exports.up = async (knex) => { await knex.raw('CREATE TABLE x ()'); await knex.raw('ROLLBACK'); };",
      'the migration says ROLLBACK',
    ],
    [
      'commits its transaction object',
      "exports.up = async (trx) => { await trx.raw('CREATE TABLE x ()'); await trx.commit(); };",
      'the migration says COMMIT',
    ],
  ])('because its function %s leaves nothing behind', async (_what, content, message) => {
    await project.write({ '1_a.sql': tableSql('a'), '2_x.js': content });
    await expect(run()).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining(message) });
    expect(await project.tables()).toEqual(['a']);
    expect(await recorded()).toEqual(['1_a.sql']);
    expect(await project.query('SELECT * FROM knex_migrations')).toEqual([]);
  });

  it('waits for queries that a migration sent without awaiting them', async () => {
    await project.write({
      '1_a.js':
        "exports.up = async (knex) => { ['x', 'y'].forEach(async (name) => { await knex.schema.createTable(name, () => {}); await knex.raw('SELECT 1'); }); };",
    });
    await run();
    expect(await project.tables()).toEqual(['x', 'y']);
  });

  it('is found before anything runs: two of one stem, a directory, a link that leads out', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '2_x.sql': tableSql('x'), '2_x.js': tableKnex('x') });
    await mkdir(join(project.directory, '3_d.sql'));
    await symlink('/etc/hostname', join(project.directory, '4_l.sql'));
    await symlink('/nowhere', join(project.directory, '5_l.sql'));
    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATIONS_UNSOUND',
      exitCode: 65,
      problems: [
        expect.stringMatching(/[45]_l.sql: is a link/),
        expect.stringMatching(/[45]_l.sql: is a link/),
        expect.stringContaining('3_d.sql: is a directory'),
        expect.stringContaining('2_x.js and 2_x.sql have one name'),
      ],
    });
    expect(await project.tables()).toEqual([]);
  });

  it('may be a link within the project', async () => {
    await mkdir(join(project.directory, 'm'));
    await writeFile(join(project.directory, 'real.sql'), tableSql('a'));
    await symlink('../real.sql', join(project.directory, 'm', '1_a.sql'));
    await run({ directories: [join(project.directory, 'm')] });
    expect(await project.tables()).toEqual(['a']);
  });

  it('has a directory: a missing one is named', async () => {
    await expect(run({ directories: [join(project.directory, 'no')] })).rejects.toMatchObject({
      exitCode: 65,
      problems: [expect.stringContaining('no: this directory of migrations does not exist')],
    });
  });

  it('or a schema that is not there', async () => {
    await expect(run({ schemaName: 'no' })).rejects.toMatchObject({ code: 'SCHEMA_MISSING', exitCode: 78 });
  });
});

describe('an applied migration', () => {
  it('that was edited or removed stops the next run, which explains it', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '2_b.js': tableKnex('b'), '3_c.sql': tableSql('c') });
    await run();
    await project.write({ '1_a.sql': tableSql('other'), '4_d.sql': tableSql('d') });
    await project.remove('2_b.js');
    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATIONS_UNSOUND',
      exitCode: 77,
      problems: [
        expect.stringContaining('1_a.sql: was edited after it was applied'),
        expect.stringContaining('2_b.js: is applied, and its file is gone'),
      ],
    });
    const plan = await project.database.session((session) => planMigrations(session, project.settings));
    expect(plan.problems.map(({ kind, blocks }) => [kind, blocks])).toEqual([
      ['edited', true],
      ['missing', true],
    ]);
    expect(plan.pending.map(({ name }) => name)).toEqual(['4_d.sql']);
    expect(await project.tables()).toEqual(['a', 'b', 'c']);
  });

  it('may change its extension', async () => {
    await project.write({ '1_a.js': tableKnex('a') });
    await run();
    await project.remove('1_a.js');
    await project.write({ '1_a.cjs': tableKnex('a') });
    expect(await run()).toMatchObject({ applied: [] });
  });
});
