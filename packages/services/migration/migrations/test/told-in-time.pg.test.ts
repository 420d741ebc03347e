import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDrift } from '../src/check/find-drift.ts';
import { type MigrateResult, migrate, planMigrations, rehearse, rollback } from '../src/index.ts';
import type { MigrationSettings } from '../src/settings.ts';
import { projectOfFile, tableKnex, tableSql } from './support.ts';

const project = projectOfFile();

const run = (more: Partial<MigrationSettings> = {}): Promise<MigrateResult> =>
  project.database.session((session) => migrate(session, { ...project.settings, ...more }));
const dryRun = () => project.database.session((session) => rehearse(session, project.settings));

it('status reads what is pending, and says what migrate would refuse', async () => {
  await project.write({
    '1_twice.sql': '-- migrate:up\nSELECT 1;\n-- migrate:up\nSELECT 2;',
    '2_copy.sql': '-- migrate:up\nCOPY t FROM stdin;',
    '3_begin.sql': '-- migrate:up\nBEGIN;\nSELECT 1;',
    '4_none.js': 'exports.down = () => {};',
    '5_fine.sql': tableSql('a'),
  });
  const plan = await project.database.session((session) =>
    planMigrations(session, { ...project.settings, readsPending: true }),
  );
  expect(plan.problems.map(({ migration, blocks }) => [migration, blocks])).toEqual([
    ['1_twice.sql:3', true],
    ['2_copy.sql:2', true],
    ['3_begin.sql:2', true],
    ['4_none.js', true],
  ]);
});

it.each([
  ['by migrate', run],
  ['by a rehearsal', dryRun],
])('a builder that nobody awaited is told %s also when a later file fails', async (_how, attempt) => {
  await project.write({
    '1_a.js': "exports.up = async (knex) => { knex.schema.createTable('lost', () => {}); };",
    '2_b.sql': '-- migrate:up\nSELECT nonsense;',
  });
  await expect(attempt()).rejects.toMatchObject({
    message: expect.stringContaining('2_b.sql:2'),
    problems: expect.arrayContaining([expect.stringMatching(/^1_a.js: .* was never run: it was neither awaited/)]),
  });
});

it.each([
  ['SQL', '1_users.sql', tableSql('users')],
  ['knex', '1_users.js', tableKnex('users')],
])('tables that another tool made lead to baseline: %s', async (_kind, name, content) => {
  await project.query('CREATE TABLE users (id int PRIMARY KEY)');
  await project.write({ [name]: content });
  for (const attempt of [run(), dryRun()])
    await expect(attempt).rejects.toMatchObject({ exitCode: 1, hint: expect.stringContaining('run baseline --to') });
});

it('what fails on the scratch database of drift is not advised to go on', async () => {
  const name = '1_a.sql';
  await project.query('CREATE TABLE outside (id int); INSERT INTO outside VALUES (1)');
  await project.write({
    [name]:
      '-- migrate:up transaction:false\nCREATE TABLE IF NOT EXISTS here (id int);\nCREATE INDEX CONCURRENTLY i ON outside (id);',
  });
  await run();
  await expect(
    project.database.session((session) => findDrift(session, project.withScratch, project.settings)),
  ).rejects.toMatchObject({
    message: expect.stringContaining('relation "outside" does not exist'),
    hint: 'it fails on an empty database, where all migrations ran from the first; the target was not touched',
  });
});

it('a rollback of all takes back all', async () => {
  await project.write({ '1_a.sql': tableSql('a'), '2_b.js': tableKnex('b') });
  await run();
  const back = (input: { all?: boolean; steps?: number }) =>
    project.database.session((session) => rollback(session, { ...project.settings, ...input }));
  await expect(back({ all: true, steps: 1 })).rejects.toMatchObject({ code: 'ROLLBACK_TARGET', exitCode: 64 });
  expect((await back({ all: true })).reverted.map(({ name }) => name)).toEqual(['2_b.js', '1_a.sql']);
  expect(await project.tables()).toEqual([]);
});

describe('a knexfile beside the migrations that the configuration does not name', () => {
  const inside = (): Partial<MigrationSettings> => ({ directories: [join(project.directory, 'db', 'migrations')] });
  const write = async (knexfile: string): Promise<void> => {
    await mkdir(join(project.directory, 'db', 'migrations'), { recursive: true });
    await project.write({ 'db/migrations/1_a.js': tableKnex('a') });
    await writeFile(join(project.directory, 'db', 'knexfile.js'), knexfile);
  };

  it.each([
    ['wrapIdentifier', 'module.exports = { client: "pg", wrapIdentifier: (v, f) => f(v.toLowerCase()) };'],
    ['knexSnakeCaseMappers', "module.exports = { client: 'pg', ...require('objection').knexSnakeCaseMappers() };"],
    ["tableName 'migration'", "module.exports = { migrations: { tableName: 'migration' } };"],
  ])('stops everything where it says %s', async (says, knexfile) => {
    await write(knexfile);
    await expect(run(inside())).rejects.toMatchObject({
      exitCode: 78,
      problems: [expect.stringContaining(`db/knexfile.js: sets ${says}`)],
    });
    expect(await project.tables()).toEqual([]);
  });

  it('does not where nothing depends on it, or nothing is pending', async () => {
    await write(
      "// wrapIdentifier: no\nmodule.exports = { client: 'pg', migrations: { tableName: 'knex_migrations' } };",
    );
    await run(inside());
    expect(await project.tables()).toEqual(['a']);
    await write('module.exports = { client: "pg", wrapIdentifier: (v, f) => f(v) };');
    expect((await run(inside())).applied).toEqual([]);
  });

  it('nor where it is named', async () => {
    await write('module.exports = { client: "pg", wrapIdentifier: (v, f) => f(v.toUpperCase()) };');
    await run({ ...inside(), knexModule: join(project.directory, 'db', 'knexfile.js') });
    expect(await project.tables()).toEqual(['A']);
  });
});
