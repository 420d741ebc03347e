import { beforeEach, describe, expect, it } from 'vitest';
import { migrate, type Rehearsal, type RehearseInput, rehearse, reportRehearsed } from '../src/index.ts';
import { effects, sql } from './in-words.ts';
import { projectOfFile } from './support.ts';

const project = projectOfFile();
beforeEach(async () => {
  await project.query(
    `CREATE TABLE users (id integer PRIMARY KEY, name varchar(20)); CREATE TABLE posts (id integer, user_id integer);
     INSERT INTO users SELECT n, 'u' || n FROM generate_series(1, 1000) n; CREATE INDEX users_name ON users (name)`,
  );
  await project.query('ANALYZE users');
});

const rehearsed = (input: Partial<RehearseInput> = {}): Promise<Rehearsal> =>
  project.database.session((session) => rehearse(session, { ...project.settings, ...input }));

describe('what a statement does to existing tables is measured', () => {
  it.each<[string, string[]]>([
    ['ALTER TABLE users ADD a integer', ['users ACCESS EXCLUSIVE']],
    [
      'ALTER TABLE users ADD a float DEFAULT random()',
      ['users ACCESS EXCLUSIVE rewritten scanned', 'users_name rewritten', 'users_pkey rewritten'],
    ],
    [
      'ALTER TABLE users ALTER id TYPE bigint',
      ['users ACCESS EXCLUSIVE rewritten scanned', 'users_name rewritten', 'users_pkey rewritten'],
    ],
    ['ALTER TABLE users ALTER name TYPE varchar(40)', ['users ACCESS EXCLUSIVE']],
    ['ALTER TABLE users ALTER name SET NOT NULL', ['users ACCESS EXCLUSIVE scanned']],
    ['CREATE INDEX i ON users (name)', ['users SHARE scanned']],
    [
      'ALTER TABLE posts ADD FOREIGN KEY (user_id) REFERENCES users',
      ['posts SHARE ROW EXCLUSIVE scanned', 'users SHARE ROW EXCLUSIVE'],
    ],
    ['ALTER TABLE posts ADD CONSTRAINT c CHECK (id > 0) NOT VALID', ['posts ACCESS EXCLUSIVE']],
    ['TRUNCATE users', ['users ACCESS EXCLUSIVE emptied', 'users_name rewritten', 'users_pkey rewritten']],
    ['DROP TABLE posts', ['posts ACCESS EXCLUSIVE dropped']],
    ["UPDATE users SET name = 'x' WHERE id = 1", ['users ROW EXCLUSIVE']],
    ['CREATE TABLE t (id integer)', []],
    ["COMMENT ON TABLE users IS 'x'", ['users SHARE UPDATE EXCLUSIVE']],
  ])('%s', async (statement, wanted) => {
    await project.write({ '1_m.sql': sql(statement) });
    expect(effects(await rehearsed()).map((all) => all.toSorted())).toEqual([wanted]);
  });

  it('for each statement for itself, in knex migrations too, with the size of the tables', async () => {
    await project.write({
      '1_m.js': `exports.up = async (knex) => {
        await knex.schema.alterTable('users', (t) => { t.string('email'); t.index('id', 'by_id'); });
        await Promise.all([knex('posts').insert({ id: 1 }), knex.schema.createTable('more', (t) => { t.increments(); })]);
      };`,
    });
    const rehearsal = await rehearsed();
    expect(effects(rehearsal)).toEqual([
      ['users ACCESS EXCLUSIVE'],
      ['users SHARE scanned'],
      ['posts ROW EXCLUSIVE'],
      [],
    ]);
    expect(rehearsal.migrations[0]!.objects.map(({ what, kind, name }) => [what, kind, name])).toEqual(
      expect.arrayContaining([
        ['extra', 'column', 'public.users.email'],
        ['extra', 'index', 'public.by_id'],
        ['extra', 'table', 'public.more'],
      ]),
    );
    expect(rehearsal.tables).toEqual([
      { relation: 'public.posts', rows: 0, bytes: expect.any(Number) },
      { relation: 'public.users', rows: 1000, bytes: expect.any(Number) },
    ]);
    expect(rehearsal.tables[1]!.bytes).toBeGreaterThan(40_000);
    const { lines } = reportRehearsed(rehearsal);
    expect(lines!.join('\n')).toMatch(
      /-- {3}locks public\.users ACCESS EXCLUSIVE \(blocks reads and writes\); about 1,000 rows, \d+ kB\n-- {3}took [\d.]+ ms\nalter table "users" add column/,
    );
  });

  it('with the size that a table has, also when nobody has analysed it', async () => {
    await project.query("CREATE TABLE fresh AS SELECT i, repeat('x', 100) FROM generate_series(1, 1000) i");
    await project.write({ '1_m.sql': sql('TRUNCATE fresh') });
    const rehearsal = await rehearsed();
    expect(rehearsal.migrations[0]!.statements[0]!.effects).toMatchObject([{ emptied: true, rewritten: false }]);
    expect(rehearsal.tables).toEqual([{ relation: 'public.fresh', rows: 1000, bytes: expect.any(Number) }]);
    expect(rehearsal.tables[0]!.bytes).toBeGreaterThan(100_000);
  });

  it('with what is deferred to the COMMIT', async () => {
    await project.query('ALTER TABLE posts ADD FOREIGN KEY (user_id) REFERENCES users DEFERRABLE INITIALLY DEFERRED');
    await project.write({ '1_m.sql': sql('INSERT INTO posts VALUES (1, 7)', 'SET CONSTRAINTS ALL DEFERRED') });
    expect((await rehearsed()).migrations).toHaveLength(1);
    await project.write({ '1_m.sql': sql('INSERT INTO posts VALUES (1, 7000)') });
    await expect(rehearsed()).rejects.toMatchObject({
      message: expect.stringContaining('1_m.sql: insert or update on table "posts" violates foreign key constraint'),
      hint: expect.stringContaining('deferred to the COMMIT'),
    });
  });

  it('of one that an earlier run began what is left to do', async () => {
    const file = (second: string): string =>
      `-- migrate:up transaction:false\nSET search_path = public;\nALTER TABLE posts ADD a integer;\n${second};\nALTER TABLE posts ADD b integer;`;
    await project.write({ '1_m.sql': file('SELECT 1/0') });
    const run = () => project.database.session((session) => migrate(session, project.settings));
    await expect(run()).rejects.toThrow('division by zero');
    await project.write({ '1_m.sql': file('SELECT 1'), '2_m.sql': sql('CREATE TABLE c ()') });
    const { migrations } = await rehearsed();
    expect(migrations.map(({ statements }) => statements.map((statement) => statement.sql))).toEqual([
      ['SET search_path = public', 'SELECT 1', 'ALTER TABLE posts ADD b integer'],
      ['CREATE TABLE c ()'],
    ]);
    await run();
    expect((await rehearsed()).migrations).toEqual([]);
  });

  it('and shown as a script, also where the file has the ends of lines of Windows', async () => {
    await project.write({
      '1_m.sql': sql('CREATE TABLE t (', '  a integer', ')').replaceAll(';', '').replaceAll('\n', '\r\n'),
    });
    expect(reportRehearsed(await rehearsed()).lines!.join('\n')).toContain('CREATE TABLE t (\n  a integer\n);');
  });

  it('without the passwords that it got from its environment', async () => {
    const sql = "CREATE USER MAPPING FOR CURRENT_USER SERVER none OPTIONS (user 'u', password 'from-the-environment')";
    const failing = { '1_m.js': `exports.up = (knex) => knex.raw(${JSON.stringify(sql)});` };
    await project.write(failing);
    const failure = await rehearsed().catch((error: unknown) =>
      JSON.stringify(error, Object.getOwnPropertyNames(error)),
    );
    expect([failure, String(failure).includes('from-the-environment')]).toEqual([
      expect.stringContaining("'***'"),
      false,
    ]);
    await project.remove('1_m.js');
    await project.write({ '2_m.js': `exports.up = (knex) => knex.raw("SELECT 'password=it-is' AS a");` });
    expect((await rehearsed()).migrations[0]!.statements[0]!.sql).toBe("SELECT 'password=***' AS a");
  });

  it('and nothing of it stays', async () => {
    await project.write({
      '1_m.sql': sql('ALTER TABLE users ADD a integer', 'TRUNCATE posts'),
      '2_m.js': 'exports.up = (knex) => knex("users").del();',
    });
    await rehearsed({ withScratch: project.withScratch });
    expect(await project.query('SELECT count(*)::int AS n FROM users')).toEqual([{ n: 1000 }]);
    expect(
      await project.query("SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 2"),
    ).toEqual([]);
  });
});

describe('a rehearsal disturbs nobody', () => {
  it('does not wait for a busy table: it says so, and measures on a copy', async () => {
    await project.write({
      '1_m.sql': sql('CREATE TABLE t ()', 'ALTER TABLE users ADD a integer'),
      '2_m.sql': sql('ALTER TABLE t ADD b integer'),
    });
    await project.database.session(async (other) => {
      await other.execute('BEGIN; LOCK TABLE users IN ROW EXCLUSIVE MODE');
      const begun = performance.now();
      const alone = await rehearsed({ lockTimeout: 50 });
      expect(alone.migrations.map(({ skipped, unmeasured }) => [skipped, unmeasured])).toEqual([
        [expect.stringContaining('line 3: another session holds a lock'), 'there was no copy to measure it on'],
        [expect.stringContaining('comes after 1_m.sql'), 'there was no copy to measure it on'],
      ]);
      const copied = await rehearsed({ lockTimeout: 50, withScratch: project.withScratch });
      expect(copied.migrations[0]).toMatchObject({ skipped: expect.stringContaining('line 3'), unmeasured: undefined });
      expect(effects(copied)).toEqual([[], ['users ACCESS EXCLUSIVE'], ['t ACCESS EXCLUSIVE']]);
      expect(performance.now() - begun).toBeLessThan(5000);
      await other.execute('ROLLBACK');
    });
  });

  it.each(['sql', 'js'])('lets go of its locks when a %s migration takes long', async (extension) => {
    const statements = ['LOCK TABLE users', 'SELECT pg_sleep(60)'];
    const content =
      extension === 'sql'
        ? sql(...statements)
        : `exports.up = async (knex) => { ${statements.map((one) => `await knex.raw('${one}');`).join(' ')} };`;
    await project.write({ [`1_m.${extension}`]: content });
    const { migrations } = await rehearsed({ holdLimit: 100 });
    expect(migrations[0]!.skipped).toMatch(/takes longer than a rehearsal may hold its locks/);
    expect(migrations[0]!.statements[0]).toMatchObject({
      measuredOn: 'target',
      effects: [{ lock: 'ACCESS EXCLUSIVE' }],
    });
  });

  it('has its own timeouts whatever the migration sets', async () => {
    await project.write({
      '1_m.sql': sql('SET lock_timeout = 0', 'SET LOCAL statement_timeout = 0', 'ALTER TABLE users ADD a integer'),
    });
    await project.database.session(async (other) => {
      await other.execute('BEGIN; LOCK TABLE users IN ROW EXCLUSIVE MODE');
      expect((await rehearsed({ lockTimeout: 50 })).migrations[0]!.skipped).toContain('another session holds a lock');
      await other.execute('ROLLBACK');
    });
  });
});
