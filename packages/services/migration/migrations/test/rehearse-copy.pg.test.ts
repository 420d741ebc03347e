import { beforeEach, describe, expect, it } from 'vitest';
import { type Rehearsal, type RehearseInput, rehearse, reportRehearsed } from '../src/index.ts';
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

describe('what one transaction cannot show is measured on a copy', () => {
  it('statements that cannot run in a transaction', async () => {
    await project.write({
      '1_m.sql': `-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON users (name);\nDROP INDEX CONCURRENTLY users_name;\nVACUUM (FULL) posts;`,
      '2_m.js':
        "exports.config = { transaction: false };\nexports.up = async (knex) => { await knex.raw('CREATE INDEX CONCURRENTLY j ON posts (id)'); await knex.raw('ALTER TABLE posts ADD x int'); };",
    });
    const rehearsal = await rehearsed({ withScratch: project.withScratch });
    expect(effects(rehearsal)).toEqual([
      ['users SHARE UPDATE EXCLUSIVE'],
      ['users SHARE UPDATE EXCLUSIVE'],
      ['posts ACCESS EXCLUSIVE rewritten'],
      ['posts SHARE UPDATE EXCLUSIVE'],
      ['posts ACCESS EXCLUSIVE'],
    ]);
    expect(rehearsal.migrations.map(({ unmeasured }) => unmeasured)).toEqual([undefined, undefined]);
    expect(reportRehearsed(rehearsal).lines).toContain('--   its locks were measured on an empty copy of the schema');
  });

  it('a lock that an earlier migration of the rehearsal held already', async () => {
    await project.write({
      '1_m.sql': sql('ALTER TABLE users ADD a integer'),
      '2_m.sql': sql('ALTER TABLE users ADD b integer'),
    });
    expect(effects(await rehearsed({ withScratch: project.withScratch }))).toEqual([
      ['users ACCESS EXCLUSIVE'],
      ['users ACCESS EXCLUSIVE'],
    ]);
    expect((await rehearsed()).migrations[1]).toMatchObject({
      skipped: undefined,
      unmeasured: 'there was no copy to measure it on',
    });
  });

  it('an enum value that the next migration uses', async () => {
    await project.query("DROP TYPE IF EXISTS mood; CREATE TYPE mood AS ENUM ('a'); CREATE TABLE moods (m mood)");
    await project.write({
      '1_m.sql': sql("ALTER TYPE mood ADD VALUE 'b'"),
      '2_m.sql': sql("INSERT INTO moods VALUES ('b')"),
    });
    const { migrations } = await rehearsed({ withScratch: project.withScratch });
    expect(migrations[1]).toMatchObject({
      skipped: expect.stringContaining('which only a rehearsal does'),
      unmeasured: undefined,
    });
    expect(migrations[1]!.statements[0]!.effects).toMatchObject([{ relation: 'public.moods', lock: 'ROW EXCLUSIVE' }]);
  });

  it.each([
    ['1_m.sql', {}],
    ['2_m.sql', { '1_m.sql': sql('ALTER TABLE users ADD b integer') }],
  ])('but one that the same migration uses is told to fail, as it will: %s', async (name, before) => {
    await project.query("DROP TYPE IF EXISTS mood; CREATE TYPE mood AS ENUM ('a'); CREATE TABLE moods (m mood)");
    await project.write({ ...before, [name]: sql("ALTER TYPE mood ADD VALUE 'b';\nINSERT INTO moods VALUES ('b')") });
    await expect(rehearsed({ withScratch: project.withScratch })).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(new RegExp(`^${name}:3: unsafe use of new value`)),
    });
  });

  it('nor is SQL that names what is not there, after what cannot be rehearsed', async () => {
    await project.write({
      '1_m.sql': '-- migrate:up transaction:false\nVACUUM users;\nALTER TABLE users DROP nothing_there;',
    });
    await expect(rehearsed({ withScratch: project.withScratch })).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^1_m.sql:3: column "nothing_there" .* does not exist/),
    });
  });

  it('and says why when there can be no copy, or it fails there', async () => {
    await project.write({
      '1_m.sql': '-- migrate:up transaction:false\nVACUUM users;\nSELECT 1 / count(*) FROM users;',
    });
    const { migrations } = await rehearsed({ withScratch: project.withScratch });
    expect(migrations[0]).toMatchObject({
      skipped: expect.stringContaining('line 2'),
      unmeasured: 'on a copy of the schema it failed: division by zero',
    });
  });
});
