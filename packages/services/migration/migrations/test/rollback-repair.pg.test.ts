import { beforeEach, describe, expect, it } from 'vitest';
import {
  migrate,
  planMigrations,
  type RepairInput,
  type RollbackInput,
  rehearse,
  repair,
  rollback,
} from '../src/index.ts';
import { projectOfFile, tableKnex, tableSql } from './support.ts';

const project = projectOfFile();
beforeEach(async () => {
  await project.write({ '1_a.sql': tableSql('a'), '2_b.js': tableKnex('b'), '3_c.sql': tableSql('c') });
});

const run = () => project.database.session((session) => migrate(session, project.settings));
const back = (how: Partial<RollbackInput>) =>
  project.database.session((session) => rollback(session, { ...project.settings, ...how }));
const fix = (how: Partial<RepairInput> = {}) =>
  project.database.session((session) => repair(session, { ...project.settings, ...how }));
const everything = async () => [
  await project.tables(),
  await project.query('SELECT stem FROM ops.migration ORDER BY 1'),
  await project.query('SELECT name FROM knex_migrations'),
];

describe('rollback', () => {
  it('takes back the number asked for, in reverse order, with the records', async () => {
    await run();
    expect((await back({ steps: 2 })).reverted).toEqual([
      { stem: '3_c', name: '3_c.sql' },
      { stem: '2_b', name: '2_b.js' },
    ]);
    expect(await everything()).toEqual([['a'], [{ stem: '1_a' }], []]);
    await run();
    expect(await project.tables()).toEqual(['a', 'b', 'c']);
  });

  it('goes back to the state after a migration, also past one that came late', async () => {
    await project.remove('2_b.js');
    await run();
    await project.write({ '2_b.js': tableKnex('b') });
    await run();
    expect((await back({ to: '3_c', dryRun: true })).reverted).toEqual([{ stem: '2_b', name: '2_b.js' }]);
    expect(await project.tables()).toEqual(['a', 'b', 'c']);
    await back({ to: '1_a' });
    expect(await project.tables()).toEqual(['a']);
  });

  it.each([
    ['neither', {}],
    ['both', { to: '1_a', steps: 1 }],
    ['too many steps', { steps: 4 }],
    ['no step', { steps: 0 }],
    ['an unknown one', { to: '9_z' }],
  ])('is told how far; %s is refused', async (_what, how) => {
    await run();
    await expect(back(how)).rejects.toMatchObject({ code: 'ROLLBACK_TARGET', exitCode: 64 });
    expect(await project.tables()).toEqual(['a', 'b', 'c']);
  });

  it('takes nothing back when one of them has no way down, or was edited', async () => {
    await project.write({ '2_b.js': "exports.up = (knex) => knex.schema.createTable('b', () => {});" });
    await run();
    await expect(back({ to: '1_a' })).rejects.toMatchObject({
      code: 'MIGRATION_IRREVERSIBLE',
      exitCode: 77,
      message: expect.stringContaining('2_b.js'),
    });
    await project.write({ '3_c.sql': tableSql('other') });
    await expect(back({ steps: 1 })).rejects.toMatchObject({ code: 'MIGRATIONS_UNSOUND', exitCode: 77 });
    expect(await project.tables()).toEqual(['a', 'b', 'c']);
  });

  it('keeps the record of one whose down fails, and goes on when it can', async () => {
    await run();
    await project.query('CREATE VIEW v AS TABLE b');
    await expect(back({ to: '1_a' })).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining('2_b.js'),
      problems: expect.arrayContaining(['rolled back before it: 3_c.sql']),
    });
    expect(await everything()).toEqual([['a', 'b'], [{ stem: '1_a' }, { stem: '2_b' }], [{ name: '2_b.js' }]]);
    await project.query('DROP VIEW v');
    await back({ to: '1_a' });
    expect(await project.tables()).toEqual(['a']);
  });
});

describe('repair', () => {
  it('shows what was edited, line by line, and accepts it when told', async () => {
    await run();
    await project.write({ '1_a.sql': tableSql('a').replace('id int', 'id bigint') });
    const shown = await fix();
    expect(shown.differences).toEqual([
      {
        migration: '1_a.sql',
        lines: [
          '@@ -1,4 +1,4 @@',
          ' -- migrate:up',
          '-CREATE TABLE a (id int PRIMARY KEY);',
          '+CREATE TABLE a (id bigint PRIMARY KEY);',
          ' -- migrate:down',
          ' DROP TABLE a;',
        ],
      },
    ]);
    expect(shown.repaired).toEqual([]);
    await expect(run()).rejects.toMatchObject({ code: 'MIGRATIONS_UNSOUND' });
    expect(await fix({ accept: ['1_a.sql'], dryRun: true })).toMatchObject({
      repaired: [{ action: 'accept', migration: '1_a' }],
    });
    await expect(run()).rejects.toMatchObject({ code: 'MIGRATIONS_UNSOUND' });
    await fix({ accept: ['1_a'] });
    expect(await run()).toMatchObject({ applied: [] });
  });

  it('forgets a missing one in both ledgers and leaves its table', async () => {
    await run();
    await project.remove('2_b.js');
    expect((await fix({ forget: ['2_b'] })).repaired).toEqual([{ action: 'forget', migration: '2_b' }]);
    expect(await everything()).toEqual([['a', 'b', 'c'], [{ stem: '1_a' }, { stem: '3_c' }], []]);
    expect(await run()).toMatchObject({ applied: [] });
  });

  it('changes nothing when one of the names has no such trouble', async () => {
    await run();
    await project.remove('2_b.js');
    await expect(fix({ forget: ['2_b', '1_a'], unlock: true })).rejects.toMatchObject({
      code: 'REPAIR_TARGET',
      exitCode: 64,
      message: '1_a is not missing; stock knex holds no lock',
    });
    await expect(run()).rejects.toMatchObject({ code: 'MIGRATIONS_UNSOUND' });
  });
});

describe('rehearse', () => {
  const rehearsed = () => project.database.session((session) => rehearse(session, project.settings));

  it('returns the SQL that was sent, with its values, and leaves nothing, not even the tables of knex', async () => {
    await project.write({ '4_d.js': "exports.up = async (knex) => { await knex('b').insert({ id: 7 }); };" });
    const { migrations } = await rehearsed();
    expect(
      migrations.map(({ path, statements, skipped }) => [path, statements.map(({ sql }) => sql), skipped]),
    ).toEqual([
      ['1_a.sql', ['CREATE TABLE a (id int PRIMARY KEY)'], undefined],
      ['2_b.js', ['create table "b" ("id" serial primary key)'], undefined],
      ['3_c.sql', ['CREATE TABLE c (id int PRIMARY KEY)'], undefined],
      ['4_d.js', ['insert into "b" ("id") values (7)'], undefined],
    ]);
    expect(await project.tables()).toEqual([]);
    expect(await project.query("SELECT relname FROM pg_class WHERE relname ~ '^knex'")).toEqual([]);
    const plan = await project.database.session((session) => planMigrations(session, project.settings));
    expect(plan.pending).toHaveLength(4);
  });

  it('says what cannot run in a transaction, and goes on', async () => {
    await project.write({
      '4_i.sql': '-- migrate:up transaction:false\nCREATE TABLE d ();\nCREATE INDEX CONCURRENTLY i ON a (id);',
      '5_i.js':
        "exports.config = { transaction: false };\nexports.up = (knex) => knex.raw('CREATE INDEX CONCURRENTLY j ON a (id)');",
      '6_d.sql': '-- migrate:up\nALTER TABLE d ADD x int;',
    });
    const { migrations } = await rehearsed();
    expect(migrations.slice(3).map(({ skipped }) => skipped)).toEqual([
      expect.stringContaining('line 3'),
      expect.stringContaining('cannot run in a transaction'),
      undefined,
    ]);
    expect(await project.tables()).toEqual([]);
  });

  it('fails as migrate would, with file and line, and leaves nothing', async () => {
    await project.write({ '4_d.sql': '-- migrate:up\nCREATE TABLE d ();\nSELECT * FROM nowhere;' });
    await expect(rehearsed()).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: '4_d.sql:3: relation "nowhere" does not exist',
    });
    expect(await project.tables()).toEqual([]);
  });

  it('never commits nor rolls back, whatever a migration says', async () => {
    const file = (end: string) => ({
      '4_d.js': `exports.up = async (trx) => { await trx.raw('CREATE TABLE d ()'); await trx.raw('SELECT 1; ${end}'); };`,
    });
    await project.write(file('ROLLBACK'));
    await expect(rehearsed()).rejects.toMatchObject({ code: 'MIGRATION_ENDS_TRANSACTION' });
    await project.remove('4_d.js');
    await project.write({
      '4_e.js':
        "exports.up = async (trx) => { await trx.raw('CREATE TABLE d ()'); await trx.commit().catch(() => {}); };",
    });
    await expect(rehearsed()).rejects.toMatchObject({
      message: expect.stringContaining('4_e.js: the migration contains COMMIT'),
    });
    await project.remove('4_e.js');
    await project.write({ '5_e.js': file('COMMIT')['4_d.js'] });
    const { migrations } = await rehearsed();
    expect(migrations.at(-1)).toMatchObject({ skipped: expect.stringContaining('cannot run in a transaction') });
    expect(await project.tables()).toEqual([]);
  });
});
