import { withDomainLock } from '@opsgraph/ledger';
import { describe, expect, it } from 'vitest';
import { type MigrateInput, type MigrateResult, migrate, rehearse } from '../src/index.ts';
import { projectOfFile, tableKnex, tableSql } from './support.ts';

const project = projectOfFile();

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

  it('stops after --to, with or without extension, or the number alone, and knows an unknown one', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '2_b.sql': tableSql('b'), '3_c.sql': tableSql('c') });
    await run({ to: '1_a' });
    expect(await project.tables()).toEqual(['a']);
    await run({ to: '2_b.sql' });
    expect(await project.tables()).toEqual(['a', 'b']);
    expect(await run({ to: '2' })).toMatchObject({ applied: [] });
    expect(await run({ to: '3' })).toMatchObject({ applied: [{ stem: '3_c' }] });
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
        'statement:\nCREATE TABLE b2 (\n  id wrong_type\n     ^',
        'applied before it: 1_a.sql',
        'not tried: 3_c.js',
      ],
      data: {
        migrations: [
          { name: '1_a.sql', state: 'applied' },
          { name: '2_b.sql', state: 'failed' },
          { name: '3_c.js', state: 'not tried' },
        ],
      },
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
      problems: expect.arrayContaining(['statement:\nSELECT * FROM nowhere\n              ^']),
    });
    expect(await project.tables()).toEqual([]);
  });

  it("leaves the server's words whole, dashes and all", async () => {
    const raise = "DO $$ BEGIN RAISE EXCEPTION 'a - b - c'; END $$";
    await project.write({ '1_a.js': `exports.up = (knex) => knex.raw(${JSON.stringify(raise)});` });
    await expect(run()).rejects.toMatchObject({ message: '1_a.js:1: a - b - c' });
  });

  it('names the file that commits by the transaction object', async () => {
    await project.write({
      '1_a.js':
        "exports.up = async (trx) => { await trx.raw('CREATE TABLE a ()'); await trx.commit().catch(() => {}); };",
    });
    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATION_ENDS_TRANSACTION',
      message: expect.stringContaining('1_a.js: the migration contains COMMIT'),
    });
    expect(await project.tables()).toEqual([]);
  });

  it('says what to write when a statement wants no transaction', async () => {
    await project.query('CREATE TABLE t (a integer)');
    await project.write({ '1_i.sql': '-- migrate:up\nCREATE INDEX CONCURRENTLY i ON t (a);' });
    for (const attempt of [run(), project.database.session((session) => rehearse(session, project.settings))])
      await expect(attempt).rejects.toMatchObject({
        message: '1_i.sql:2: CREATE INDEX CONCURRENTLY cannot run inside a transaction block',
        hint: expect.stringContaining('transaction:false'),
      });
    await project.remove('1_i.sql');
    await project.write({ '1_i.js': "exports.up = (knex) => knex.raw('CREATE INDEX CONCURRENTLY i ON t (a)');" });
    await expect(run()).rejects.toMatchObject({ hint: expect.stringContaining('config = { transaction: false }') });
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
