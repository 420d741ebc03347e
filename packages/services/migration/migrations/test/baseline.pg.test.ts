import knexFactory from 'knex';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Baseline, type BaselineInput, baseline } from '../src/baseline.ts';
import { asMigration, schemaOfTarget } from '../src/check/write-schema.ts';
import { migrate, planMigrations } from '../src/index.ts';
import { createProject, projectOfFile, tableKnex, tableSql } from './support.ts';

const project = projectOfFile();
beforeEach(async () => {
  await project.write({ '1_a.sql': tableSql('a'), '2_b.js': tableKnex('b'), '3_c.sql': tableSql('c') });
});

const take = (input: Partial<BaselineInput> & { to: string }): Promise<Baseline> =>
  project.database.session((session) =>
    baseline(session, {
      withScratch: project.withScratch,
      ...project.settings,
      ...input,
    }),
  );
const recorded = () => project.query('SELECT stem, status, adopted, knex_id FROM ops.migration ORDER BY position');

describe('baseline', () => {
  it('records what a database of another tool has, runs nothing, and migrate goes on after it', async () => {
    // As setup does, for the role of the application.
    await project.query('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor');
    await project.query(
      'CREATE TABLE schema_migrations (version varchar PRIMARY KEY); CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id serial PRIMARY KEY); INSERT INTO a VALUES (7)',
    );
    const done = await take({ to: '2_b' });
    expect([done.recorded, done.extra.map(({ name }) => name)]).toEqual([
      ['1_a.sql', '2_b.js'],
      ['public.schema_migrations'],
    ]);
    expect(await recorded()).toEqual([
      { stem: '1_a', status: 'applied', adopted: true, knex_id: null },
      { stem: '2_b', status: 'applied', adopted: true, knex_id: 1 },
    ]);
    expect(await project.query('SELECT * FROM a')).toEqual([{ id: 7 }]);
    const result = await project.database.session((session) => migrate(session, project.settings));
    expect(result.applied.map(({ name }) => name)).toEqual(['3_c.sql']);
    expect(await take({ to: '3_c' })).toEqual({ recorded: [], extra: [] });
    const knex = knexFactory({
      client: 'pg',
      connection: project.database.url.reveal(),
      migrations: { directory: project.directory },
    });
    expect((await knex.migrate.list())[1]).toEqual([]);
    await knex.destroy();
  });

  it('refuses, and names what the database lacks, unless told not to look', async () => {
    await project.query('CREATE TABLE a (id bigint PRIMARY KEY)');
    await expect(take({ to: '2_b' })).rejects.toMatchObject({
      code: 'BASELINE_DIFFERS',
      exitCode: 77,
      problems: expect.arrayContaining(['column public.a.id: differs', 'table public.b: is missing']),
    });
    expect(await recorded()).toEqual([]);
    expect(await project.query("SELECT 1 FROM pg_class WHERE relname ~ '^knex'")).toEqual([]);
    expect(await take({ to: '2_b', unchecked: true, dryRun: true })).toMatchObject({ recorded: ['1_a.sql', '2_b.js'] });
    expect(await recorded()).toEqual([]);
    await take({ to: '2_b', unchecked: true });
    const plan = await project.database.session((session) => planMigrations(session, project.settings));
    expect([plan.pending.map(({ name }) => name), plan.problems]).toEqual([['3_c.sql'], []]);
  });

  it('knows no migration of that name', async () => {
    await expect(take({ to: 'nobody' })).rejects.toMatchObject({ code: 'MIGRATION_UNKNOWN', exitCode: 64 });
  });
});

it('a history begins with what another tool made, written as a migration', async () => {
  await project.remove('2_b.js');
  await project.remove('3_c.sql');
  await project.query(`
    CREATE TABLE public.pgmigrations (name text);
    CREATE SCHEMA other;
    CREATE TYPE mood AS ENUM ('well', 'so; so');
    CREATE TABLE z (id serial PRIMARY KEY, mood mood DEFAULT 'well');
    CREATE TABLE a (id int PRIMARY KEY, z int REFERENCES z);
    CREATE VIEW "a view" AS SELECT * FROM a;
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.z := NULL; RETURN NEW; END;$$;
    CREATE TRIGGER touched BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION touch();
    GRANT SELECT ON a TO PUBLIC`);
  const made = await project.database.session((session) =>
    schemaOfTarget(session, project.settings, ['public.pgmigrations']),
  );
  const content = await project.withScratch((scratch) => asMigration(scratch, made));
  expect(content).not.toMatch(/GRANT|pgmigrations/);
  await project.write({ '1_a.sql': content });
  const done = await take({ to: '1_a', searchPath: ['public', 'other'], schemaName: 'other' });
  expect(done.recorded).toEqual(['1_a.sql']);
  expect(done.extra.map(({ name }) => name).toSorted()).toEqual([
    'public.pgmigrations',
    'table public.a: SELECT of PUBLIC',
  ]);

  const second = await createProject();
  try {
    await second.write({ '1_a.sql': content });
    await second.database.session((session) => migrate(session, second.settings));
    expect(await second.tables()).toEqual(['a', 'z']);
  } finally {
    await second.close();
  }
});
