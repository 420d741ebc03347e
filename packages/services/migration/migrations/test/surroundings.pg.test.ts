import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { type MigrationSettings, migrate, planMigrations } from '../src/index.ts';
import { type Project, projectOfFile, tableKnex } from './support.ts';

// What a migration finds around it must be what stock knex gives it.
const project = projectOfFile();

const write: Project['write'] = (files) => project.write(files);
const apply = (settings: Partial<MigrationSettings> = {}) =>
  project.database.session((session) => migrate(session, { ...project.settings, ...settings }));

/** A migration that keeps the value of an expression in a table. */
const keep = (expression: string): string => `exports.up = async (knex) => {
  const value = ${expression};
  await knex.schema.createTable('kept', (t) => { t.jsonb('value'); });
  await knex('kept').insert({ value: JSON.stringify(value) });
};
exports.down = (knex) => knex.schema.dropTable('kept');`;
const kept = async (): Promise<unknown> => (await project.query('SELECT value FROM kept'))[0]!['value'];

it('values are parsed by the driver, not as we read our own', async () => {
  await write({ '1_a.js': keep("(await knex.raw('SELECT 7::bigint AS n')).rows[0].n") });
  await apply();
  expect(await kept()).toBe('7');
});

it("values are parsed by the project's own driver, whose parsers it may have changed", async () => {
  await write({
    'package.json': '{}',
    'node_modules/pg/index.js': 'exports.types = { getTypeParser: () => (text) => "changed " + text };',
    '1_a.js': keep("(await knex.raw('SELECT 7::bigint AS n')).rows[0].n"),
  });
  await apply();
  expect(await kept()).toBe('changed 7');
});

it("the project's own knex runs them, where it is of another version", async () => {
  const ours = JSON.stringify(createRequire(import.meta.url).resolve('knex'));
  await write({
    'package.json': '{}',
    'node_modules/knex/package.json': '{ "version": "0.21.0" }',
    'node_modules/knex/index.js': `module.exports = (config) => require(${ours})({ ...config, userParams: { made: 'by another' } });`,
    '1_a.js': keep('knex.userParams.made'),
  });
  await apply();
  expect(await kept()).toBe('by another');
});

it('the version of the server is told as knex tells it', async () => {
  await write({ '1_a.js': keep('knex.client.version') });
  await apply();
  const [row] = await project.query("SELECT split_part(version(), ' ', 2) AS version");
  expect(await kept()).toBe(row!['version']);
});

it('the working directory is that of the package', async () => {
  await write({
    'package.json': '{}',
    'db/name.txt': 'found',
    'db/migrations/1_a.js': keep("require('fs').readFileSync('db/name.txt', 'utf8')"),
  });
  const before = process.cwd();
  await apply({ directories: [join(project.directory, 'db/migrations')] });
  expect([await kept(), process.cwd()]).toEqual(['found', before]);
});

it('the working directory is that of the knexfile, whose pool prepares the connection', async () => {
  await write({
    'package.json': '{}',
    'db/name.txt': 'found',
    'db/knexfile.js':
      "module.exports = { development: { client: 'pg', pool: { afterCreate: (connection, done) => connection.query(\"SET app.tenant = 'one'\", done) } } };",
    // What this one leaves behind is undone; what the pool did is not.
    'db/migrations/1_a.js': 'exports.up = (knex) => knex.raw("SET app.tenant = \'two\'"); exports.down = () => {};',
    'db/migrations/2_b.js': keep(
      "[require('fs').readFileSync('name.txt', 'utf8'), (await knex.raw(\"SELECT current_setting('app.tenant') AS tenant\")).rows[0].tenant]",
    ),
  });
  await apply({
    directories: [join(project.directory, 'db/migrations')],
    knexModule: join(project.directory, 'db/knexfile.js'),
  });
  expect(await kept()).toEqual(['found', 'one']);
});

it('knex is told what the knexfile tells it, and the configuration without one', async () => {
  const expression =
    '(({ config, connectionSettings }) => [config.client, config.searchPath, config.migrations.tableName, config.own, connectionSettings.database])(knex.client)';
  const [{ name: database }] = (await project.query('SELECT current_database() AS name')) as [{ name: string }];
  await write({ '1_a.cjs': keep(expression) });
  await apply({ searchPath: ['public'], tableName: 'history' });
  expect(await kept()).toEqual(['pg', ['public'], 'history', null, database]);

  await project.query('DROP TABLE kept, history');
  await write({
    'db/knexfile.cjs':
      "module.exports = { client: 'postgres', connection: 'postgres://nobody@nowhere/none', searchPath: 'public', migrations: { tableName: 'theirs' }, own: 7, defaultDateTimePrecision: 2 };",
    '2_b.cjs': keep(expression).replace("t.jsonb('value')", "t.jsonb('value'); t.timestamp('at')"),
  });
  await project.remove('1_a.cjs');
  await apply({
    loadExtensions: ['.cjs'],
    searchPath: ['public'],
    tableName: 'theirs',
    knexModule: join(project.directory, 'db/knexfile.cjs'),
  });
  expect(await kept()).toEqual(['postgres', 'public', 'theirs', 7, database]);
  expect(
    await project.query(
      "SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'kept'::regclass AND attname = 'at'",
    ),
  ).toEqual([{ type: 'timestamp(2) with time zone' }]);
});

it('SQL files that migrations read are no migrations, and told once', async () => {
  await write({
    '1_a.js': keep("require('fs').readFileSync(__dirname + '/1_a.sql', 'utf8')"),
    '1_a.sql': 'SELECT 1',
    '2_b.sql': 'SELECT 2',
    '3_c.sql': '-- migrate:up\nCREATE TABLE c ();',
  });
  const { problems, pending } = await project.database.session((session) => planMigrations(session, project.settings));
  expect(pending.map(({ name }) => name)).toEqual(['1_a.js', '3_c.sql']);
  expect(problems).toMatchObject([
    { kind: 'file', blocks: false, message: expect.stringContaining('1_a.sql and 1 more') },
  ]);
  await apply();
  expect(await kept()).toBe('SELECT 1');
});

it('an SQL file without its mark is a mistake where no knex migration could read it', async () => {
  await write({ '1_a.sql': 'SELECT 1' });
  await expect(apply()).rejects.toMatchObject({
    code: 'MIGRATION_INVALID',
    problems: [expect.stringContaining('has no `-- migrate:up`')],
  });
});

it('a migration may run the seeds of the project', async () => {
  await write({
    'knexfile.js': "module.exports = { client: 'pg', seeds: { directory: './seeds' } };",
    'seeds/1_rows.js': "exports.seed = (knex) => knex('t').insert({ id: 7 });",
    'm/1_a.js':
      "exports.up = async (knex) => { await knex.schema.createTable('t', (t) => { t.integer('id'); }); await knex.seed.run(); };",
  });
  await apply({ directories: [join(project.directory, 'm')], knexModule: join(project.directory, 'knexfile.js') });
  expect(await project.query('SELECT id FROM t')).toEqual([{ id: 7 }]);
});

it.each(['.mts', '.cts', '.mjs', '.cjs'])('files may end with %s', async (extension) => {
  const up = "up = (knex) => knex.schema.createTable('t', () => {});";
  const typed = up.replace('(knex)', '(knex: import("knex").Knex)');
  await write({
    [`1_a${extension}`]: {
      '.mts': `export const ${typed}`,
      '.cts': `exports.${typed}`,
      '.mjs': `export const ${up}`,
      '.cjs': `exports.${up}`,
    }[extension]!,
    'helper.ts': 'throw new Error("is no migration")',
  });
  await apply({ loadExtensions: [extension] });
  expect(await project.tables()).toEqual(['t']);
});

it('in a Node of its own, as in a task, modules come as they do there', async () => {
  await write({ '1_a.js': tableKnex('a') });
  const program = join(import.meta.dirname, '../handover/ours.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    program,
    project.database.url.reveal(),
    JSON.stringify({ settings: project.settings, verb: 'up' }),
  ]);
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual({ applied: 1, failure: null });
});
