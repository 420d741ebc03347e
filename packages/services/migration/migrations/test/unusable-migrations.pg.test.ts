import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseline } from '../src/baseline.ts';
import { type MigrateInput, type MigrateResult, migrate, planMigrations, rehearse, repair } from '../src/index.ts';
import { projectOfFile, tableKnex, tableSql } from './support.ts';

const project = projectOfFile();

const run = (more: Partial<MigrateInput> = {}): Promise<MigrateResult> =>
  project.database.session((session) => migrate(session, { ...project.settings, ...more }));
const recorded = async (): Promise<string[]> =>
  (await project.query('SELECT file FROM ops.migration ORDER BY position')).map(({ file }) => file as string);

describe('a migration that cannot be used', () => {
  it.each([
    ['an empty SQL file', '2_x.sql', '', 'is empty'],
    ['an empty knex file', '2_x.js', '\n', 'is empty'],
    ['no migrate:up', '2_x.sql', 'CREATE TABLE x ();', '2_x.sql:1: has no `-- migrate:up`'],
    ['a NUL byte', '2_x.sql', '-- migrate:up\nSELECT 1;\nSELECT \0;', '2_x.sql:3: has a NUL byte'],
    ['invalid UTF-8', '2_x.sql', Buffer.from('-- migrate:up\nSELECT \xe9;', 'latin1'), '2_x.sql:2: is not valid UTF-8'],
    [
      'a marker with blanks before it',
      '2_x.sql',
      '-- migrate:up\nCREATE TABLE x ();\n  -- migrate:down\nDROP TABLE a;',
      '2_x.sql:3: says "-- migrate:down", which looks like a marker but is not one',
    ],
    [
      'a marker in capitals in a file for Windows',
      '2_x.sql',
      '\ufeff-- Migrate:Up\r\nCREATE TABLE x ();\r\n-- Migrate:Down\r\nDROP TABLE a;',
      '2_x.sql:1: says "-- Migrate:Up"',
    ],
    ['COMMIT in it', '2_x.sql', '-- migrate:up\nCREATE TABLE x ();\nCOMMIT;\n', '2_x.sql:3: contains COMMIT'],
    ['no up', '2_x.js', 'exports.down = () => {};', 'exports no up function'],
    [
      'an import of nothing',
      '2_x.mjs',
      "import './nowhere.mjs';\nexport const up = () => {};",
      'imports something that does not exist',
    ],
    ['an exception on import', '2_x.cjs', "throw new Error('broken');", 'throws when it is imported: broken'],
  ])('(%s) stops everything before the first one', async (_what, name, content, problem) => {
    await project.write({ '1_a.sql': tableSql('a'), [name]: content });
    await expect(run()).rejects.toMatchObject({
      code: 'MIGRATION_INVALID',
      exitCode: 65,
      problems: expect.arrayContaining([expect.stringContaining(problem)]),
    });
    expect(await project.tables()).toEqual([]);
    expect(await recorded()).toEqual([]);
  });

  it.each([
    ['throws a string', "exports.up = async () => { throw 'no'; };", 'it threw no, which is not an Error'],
    ['throws undefined', 'exports.up = async () => { throw undefined; };', 'it threw undefined'],
    ['throws at once', "exports.up = () => { throw new TypeError('odd'); };", 'odd'],
    [
      'rolls back',
      "exports.up = async (knex) => { await knex.raw('CREATE TABLE x ()'); await knex.raw('ROLLBACK'); };",
      'the migration contains ROLLBACK',
    ],
    [
      'commits its transaction object',
      "exports.up = async (trx) => { await trx.raw('CREATE TABLE x ()'); await trx.commit(); };",
      'the migration contains COMMIT',
    ],
  ])('because its function %s leaves nothing behind', async (_what, content, message) => {
    await project.write({ '1_a.sql': tableSql('a'), '2_x.js': content });
    await expect(run()).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining(message) });
    expect(await project.tables()).toEqual(['a']);
    expect(await recorded()).toEqual(['1_a.sql']);
    expect(await project.query('SELECT * FROM knex_migrations')).toEqual([]);
  });

  it.each([
    ['in UTF-8', Buffer.from('\ufeff-- Migrate:Up\nCREATE TABLE x ();'), 'looks like a marker'],
    ['in UTF-16', Buffer.from('\ufeff-- migrate:up\nCREATE TABLE x ();', 'utf16le'), 'has a NUL byte'],
  ])('is not taken for SQL that knex migrations read, %s', async (_how, content, problem) => {
    await project.write({ '1_a.js': tableKnex('a'), '2_x.sql': content });
    await expect(run()).rejects.toMatchObject({ exitCode: 65, problems: [expect.stringContaining(problem)] });
    expect(await project.tables()).toEqual([]);
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
        expect.stringContaining('2_x.js and 2_x.sql have the same name'),
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

it.each([
  ['ours', '2_x.sql', '-- migrate:up\nDROP SCHEMA ops CASCADE;'],
  ["knex's", '2_x.js', "exports.up = (knex) => knex.schema.dropTable('knex_migrations');"],
])('a migration that drops the ledger, %s, is refused, by a rehearsal too', async (_whose, name, content) => {
  await project.write({ '1_a.js': tableKnex('a') });
  await run();
  await project.write({ [name]: content });
  for (const attempt of [run(), project.database.session((session) => rehearse(session, project.settings))])
    await expect(attempt).rejects.toMatchObject({
      message: `${name}: drops the table in which it would be recorded`,
      exitCode: 1,
    });
  expect(await recorded()).toEqual(['1_a.js']);
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

  it('is quoted in the command that would forget it: its name came from elsewhere', async () => {
    await project.write({ '2_b $(touch pwned).sql': tableSql('b'), '1_a.sql': tableSql('a') });
    await run();
    await project.remove('2_b $(touch pwned).sql');
    await expect(run()).rejects.toMatchObject({
      problems: [expect.stringContaining("repair --forget '2_b $(touch pwned)'")],
    });
  });

  it('that got another name is told with it, and can be made known by that', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '2_b.sql': tableSql('b') });
    await run();
    await project.remove('2_b.sql');
    await project.write({ '2_c.sql': tableSql('b') });
    await expect(run()).rejects.toMatchObject({
      problems: [
        '2_b.sql: is applied, and its file is called 2_c.sql now (rename it back; or accept the new name: repair --forget 2_b, then baseline --to 2_c)',
      ],
    });
    await project.database.session(async (session) => {
      await repair(session, { ...project.settings, forget: ['2_b'] });
      await baseline(session, { ...project.settings, to: '2_c', withScratch: project.withScratch });
    });
    expect(await run()).toMatchObject({ applied: [] });
    expect(await recorded()).toEqual(['1_a.sql', '2_c.sql']);
  });

  it('may change its extension', async () => {
    await project.write({ '1_a.js': tableKnex('a') });
    await run();
    await project.remove('1_a.js');
    await project.write({ '1_a.cjs': tableKnex('a') });
    expect(await run()).toMatchObject({ applied: [] });
  });
});
