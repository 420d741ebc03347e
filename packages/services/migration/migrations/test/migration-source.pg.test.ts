import knexFactory, { type Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import { type MigrationSettings, migrate, planMigrations, rollback } from '../src/index.ts';
import { projectOfFile, tableKnex, tableSql } from './support.ts';

// Which names knex's table has is not always ours to choose: whoever reads it must find them.
const project = projectOfFile();

const apply = (settings: Partial<MigrationSettings> & { to?: string } = {}) =>
  project.database.session((session) => migrate(session, { ...project.settings, ...settings }));
const plan = (settings: Partial<MigrationSettings>) =>
  project.database.session((session) => planMigrations(session, { ...project.settings, ...settings }));
const recorded = async () =>
  (await project.query('SELECT name FROM knex_migrations ORDER BY id')).map(({ name }) => name as string);

async function stock<T>(migrations: Knex.MigratorConfig, work: (knex: Knex) => Promise<T>): Promise<T> {
  const knex = knexFactory({ client: 'pg', connection: project.database.url.reveal(), migrations });
  try {
    return await work(knex);
  } finally {
    await knex.destroy();
  }
}

describe('a migrationSource', () => {
  /** A knexfile with one that extends knex's own, as projects do. */
  async function knexfile(
    body: string,
  ): Promise<{ settings: Partial<MigrationSettings>; source: () => Promise<Knex.MigratorConfig> }> {
    const name = `knexfile.cjs`;
    const fsMigrations = import.meta.resolve('knex/lib/migrations/migrate/sources/fs-migrations.js').slice(7);
    await project.write({
      [name]: `const { FsMigrations } = require(${JSON.stringify(fsMigrations)});
class Source extends FsMigrations { ${body} }
module.exports = { client: 'pg', migrations: { migrationSource: new Source(__dirname + '/m', false) } };`,
    });
    const knexModule = `${project.directory}/${name}`;
    return {
      settings: { knexModule, directories: [`${project.directory}/m`] },
      source: async () => (await import(knexModule)).default.migrations,
    };
  }
  const writeAll = (files: Record<string, string>) =>
    project.write(Object.fromEntries(Object.entries(files).map(([name, content]) => [`m/${name}`, content])));

  it('may call them otherwise, for stock knex and for us, at any point and back', async () => {
    await writeAll({ '1_a.cjs': tableKnex('a'), '2_b.cjs': tableKnex('b'), '3_c.cjs': tableKnex('c') });
    const { settings, source } = await knexfile(
      "getMigrationName({ file }) { return file.replace(/\\.\\w+$/, '.js'); }",
    );
    await apply({ ...settings, to: '1_a' });
    await stock(await source(), async (knex) => {
      expect(await knex.migrate.up()).toEqual([2, ['2_b.js']]);
    });
    expect(await apply(settings)).toMatchObject({ adopted: ['2_b.js'], applied: [{ stem: '3_c' }] });
    expect(await recorded()).toEqual(['1_a.js', '2_b.js', '3_c.js']);
    await project.database.session((session) => rollback(session, { ...project.settings, ...settings, steps: 1 }));
    await stock(await source(), async (knex) => {
      expect((await knex.migrate.list()).map((list: unknown[]) => list.length)).toEqual([2, 1]);
      expect(await knex.migrate.rollback(undefined, true)).toEqual([2, ['2_b.js', '1_a.js']]);
    });
    expect(await project.tables()).toEqual([]);
  });

  it('orders and leaves out as it likes, and loads by its own way', async () => {
    await writeAll({
      '10_b.cjs':
        "exports.run = (knex) => knex.schema.createTable('b', (t) => { t.integer('a').references('a.id'); });",
      '9_a.cjs': "exports.run = (knex) => knex.schema.createTable('a', (t) => { t.increments(); });",
      'helper.cjs': 'throw new Error("is no migration");',
    });
    const { settings } = await knexfile(`
      async getMigrations() { return ['9_a.cjs', '10_b.cjs']; }
      getMigrationName(name) { return name; }
      async getMigration(name) { return { up: require(__dirname + '/m/' + name).run, down() {} }; }`);
    expect((await plan(settings)).pending.map(({ name }) => name)).toEqual(['9_a.cjs', '10_b.cjs']);
    await apply(settings);
    expect(await project.tables()).toEqual(['a', 'b']);
    expect(await recorded()).toEqual(['9_a.cjs', '10_b.cjs']);
    await writeAll({ '11_c.sql': tableSql('c') });
    await expect(apply(settings)).rejects.toMatchObject({
      problems: [expect.stringContaining('has no place among migrations')],
    });
  });

  it('is refused where it has what is no file', async () => {
    await writeAll({ '1_a.cjs': tableKnex('a') });
    const { settings } = await knexfile(
      "async getMigrations() { return ['in-memory']; } getMigrationName(name) { return name; }",
    );
    await expect(apply(settings)).rejects.toMatchObject({
      exitCode: 65,
      problems: [expect.stringContaining('in-memory')],
    });
    expect(await project.tables()).toEqual([]);
  });
});

it('goes on with .js where stock knex runs what a compiler made of .ts, and stock knex after us', async () => {
  const up = (table: string) => `export const up = (knex) => knex.schema.createTable('${table}', () => {});`;
  const down = (table: string) => `export const down = (knex) => knex.schema.dropTable('${table}');`;
  await project.write({
    'src/1_a.ts': `${up('a')}\n${down('a')}`,
    'src/2_b.ts': `${up('b')}\n${down('b')}`,
    'dist/1_a.js': tableKnex('a'),
    'dist/2_b.js': tableKnex('b'),
  });
  const compiled = { directory: `${project.directory}/dist` };
  await stock(compiled, (knex) => knex.migrate.up());
  expect(await apply({ directories: [`${project.directory}/src`] })).toMatchObject({
    adopted: ['1_a.js'],
    applied: [{ stem: '2_b' }],
  });
  expect(await recorded()).toEqual(['1_a.js', '2_b.js']);
  await stock(compiled, async (knex) => {
    expect(await knex.migrate.rollback(undefined, true)).toEqual([2, ['2_b.js', '1_a.js']]);
  });
});
