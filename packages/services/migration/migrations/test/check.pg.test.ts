import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDrift } from '../src/check/find-drift.ts';
import { reportDrift, reportVerified } from '../src/check/report-checks.ts';
import { type Verification, type VerifyInput, verify } from '../src/check/verify.ts';
import { asText, schemaOfMigrations, schemaOfTarget, writeSchema } from '../src/check/write-schema.ts';
import { type MigrationSettings, migrate } from '../src/index.ts';
import { projectOfFile, tableKnex, tableSql } from './support.ts';

const project = projectOfFile();

const verified = (input: Partial<VerifyInput> = {}): Promise<Verification> =>
  verify(project.withScratch, { ...project.settings, ...input });
const drift = (settings: Partial<MigrationSettings> = {}) =>
  project.database.session((session) => findDrift(session, project.withScratch, { ...project.settings, ...settings }));
const apply = (settings: Partial<MigrationSettings> & { to?: string } = {}) =>
  project.database.session((session) => migrate(session, { ...project.settings, ...settings }));
const sql = (up: string, down?: string): string =>
  `-- migrate:up\n${up};\n${down === undefined ? '' : `-- migrate:down\n${down};\n`}`;

describe('verify', () => {
  it('finds nothing where every down undoes its up, and touches no target', async () => {
    await project.write({
      '1_a.sql': tableSql('a'),
      '2_b.js': tableKnex('b'),
      '3_i.sql':
        '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON a (id);\n-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY i;',
      '4_c.sql': sql('ALTER TABLE a DROP id', 'ALTER TABLE a ADD id int PRIMARY KEY; CREATE INDEX i ON a (id)'),
    });
    expect(await verified()).toEqual({ verified: ['1_a.sql', '2_b.js', '3_i.sql', '4_c.sql'], findings: [] });
    expect(await project.tables()).toEqual([]);
    expect(await project.query("SELECT 1 FROM pg_class WHERE relname ~ '^knex'")).toEqual([]);
  });

  it('finds a privilege that down left', async () => {
    await project.write({
      '1_a.sql': sql('CREATE TABLE a (id int)', 'DROP TABLE a'),
      '2_given.sql': sql('GRANT SELECT ON a TO pg_monitor', 'SELECT 1'),
      '3_standing.sql': sql('GRANT CREATE ON SCHEMA public TO pg_monitor', 'SELECT 1'),
    });
    expect((await verified()).findings.map(({ what, lines }) => [what, lines.at(-1)])).toEqual([
      ['down does not undo up', '  + GRANT SELECT ON TABLE public.a TO pg_monitor'],
      ['down does not undo up', '  + GRANT CREATE ON SCHEMA public TO pg_monitor'],
    ]);
  });

  it('names what does not undo, with the difference, and goes on', async () => {
    await project.write({
      '1_a.sql': sql('CREATE TABLE a (id int, n int DEFAULT 1)', 'DROP TABLE a'),
      '2_default.sql': sql('ALTER TABLE a ALTER n DROP DEFAULT', 'ALTER TABLE a ALTER n SET DEFAULT 2'),
      '3_left.js':
        "exports.up = async (k) => { await k.raw('CREATE TYPE mood AS ENUM ()'); await k.raw('CREATE TABLE m (m mood)'); };\nexports.down = (k) => k.schema.dropTable('m');",
      '4_none.sql': sql('CREATE TABLE d ()'),
      '5_broken.sql': sql('CREATE TABLE e ()', 'DROP TABLE nowhere'),
      '6_fine.sql': tableSql('f'),
    });
    const result = await verified();
    expect(result.verified).toEqual(['1_a.sql', '6_fine.sql']);
    expect(result.findings.map(({ migration, what }) => [migration, what])).toEqual([
      ['2_default.sql', 'down does not undo up'],
      ['3_left.js', 'down does not undo up'],
      ['4_none.sql', 'has no down'],
      ['5_broken.sql', 'down fails'],
    ]);
    expect(result.findings[0]!.lines).toEqual([
      'column public.a.n: differs',
      '  - n integer DEFAULT 1',
      '  + n integer DEFAULT 2',
    ]);
    expect(result.findings[1]!.lines.slice(0, 2)).toEqual([
      'type public.mood: should not be there',
      '  + CREATE TYPE public.mood AS ENUM ()',
    ]);
    expect(result.findings[3]!.lines[0]).toContain('table "nowhere" does not exist');
    expect(reportVerified(result, false)).toMatchObject({
      findings: true,
      summary: '2 verified, 4 not as they should be',
    });
    expect(reportVerified({ ...result, findings: [result.findings[2]!] }, true)).toMatchObject({ findings: false });
  });

  it('goes on in a new database after a down without a transaction that failed half way', async () => {
    await project.write({
      '1_a.sql': sql('CREATE TABLE a (id int)', 'DROP TABLE a'),
      '2_half.sql':
        '-- migrate:up\nCREATE TABLE b (id int);\n-- migrate:down transaction:false\nDROP TABLE b;\nDROP TABLE nowhere;',
      '3_c.sql': sql('CREATE TABLE c AS SELECT FROM b', 'DROP TABLE c'),
    });
    expect(await verified()).toMatchObject({
      verified: ['1_a.sql', '3_c.sql'],
      findings: [{ migration: '2_half.sql', what: 'down fails' }],
    });
  });

  it('verifies only from the one named, and fails as migrate does when an up fails', async () => {
    await project.write({ '1_a.sql': sql('CREATE TABLE a ()'), '2_b.sql': tableSql('b') });
    expect(await verified({ from: '2_b' })).toEqual({ verified: ['2_b.sql'], findings: [] });
    await expect(verified({ from: 'nobody' })).rejects.toMatchObject({ code: 'MIGRATION_UNKNOWN', exitCode: 64 });
    await project.write({ '3_c.sql': sql('SELECT 1 / 0') });
    await expect(verified()).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: '3_c.sql:2: division by zero',
    });
  });
});

describe('drift', () => {
  it('is none after migrate, also when they were applied in another order, in a schema of the own', async () => {
    await project.query('CREATE SCHEMA app');
    const settings = { schemaName: 'app', searchPath: ['app', 'public'], tableName: 'History' };
    await project.write({ '1_a.js': tableKnex('a'), '3_c.sql': sql('CREATE TABLE c (x int)', 'DROP TABLE c') });
    await apply(settings);
    await project.write({ '2_b.sql': sql('ALTER TABLE c RENAME x TO y; ALTER TABLE a ADD z text', 'SELECT 1') });
    await apply(settings);
    expect(await drift(settings)).toEqual({ migrations: 3, differences: [] });
  });

  it('shows what somebody changed by hand, and only that', async () => {
    await project.write({
      '1_a.sql': sql('CREATE TABLE a (id int PRIMARY KEY, n int)'),
      '2_b.js': tableKnex('b'),
      '3_late.sql': tableSql('late'),
    });
    await apply({ to: '2_b' } as Partial<MigrationSettings>);
    await project.query(
      "ALTER TABLE a ALTER n SET NOT NULL; CREATE INDEX by_hand ON b (id); DROP SEQUENCE IF EXISTS s; COMMENT ON TABLE b IS 'mine'",
    );
    const found = await drift();
    expect(reportDrift(found)).toMatchObject({
      findings: true,
      summary: 'the schema differs in 3 from what its 2 migrations make',
      lines: [
        '- is what the migrations make, + is what the database has',
        'column public.a.n: differs',
        '  - n integer',
        '  + n integer NOT NULL',
        'index public.by_hand: should not be there',
        '  + CREATE INDEX by_hand ON public.b USING btree (id)',
        'comment table public.b: should not be there',
        "  + COMMENT ON TABLE public.b IS 'mine'",
      ],
    });
  });

  it('is what somebody granted, took over or put in another order; not what setup grants in each environment', async () => {
    await project.write({
      '1_a.sql': sql('CREATE TABLE a (id int, n int)', 'DROP TABLE a'),
      '2_given.sql': sql('GRANT SELECT ON a TO pg_monitor', 'REVOKE SELECT ON a FROM pg_monitor'),
    });
    await project.query(
      'GRANT USAGE ON SCHEMA public TO pg_read_all_data; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO pg_read_all_data',
    );
    await apply();
    expect((await drift()).differences).toEqual([]);
    await project.query(
      'GRANT DELETE ON a TO pg_read_all_data; REVOKE SELECT ON a FROM pg_monitor; ALTER TABLE a OWNER TO pg_write_all_data; ALTER TABLE a DROP id; ALTER TABLE a ADD id int',
    );
    expect((await drift()).differences.map(({ what, kind, name }) => `${what} ${kind} ${name}`)).toEqual([
      'missing privilege table public.a: SELECT of pg_monitor',
      'extra owner table public.a',
      'extra privilege table public.a: DELETE of pg_read_all_data',
      'changed column order public.a',
    ]);
    await project.query('ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM pg_read_all_data');
  });

  it('is refused where it cannot be known: an edited or missing file', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '2_b.sql': tableSql('b') });
    await apply();
    await project.write({ '1_a.sql': `${tableSql('a')}-- edited` });
    await project.remove('2_b.sql');
    await expect(drift({ disableMigrationsListValidation: true })).rejects.toMatchObject({
      code: 'MIGRATIONS_UNSOUND',
      exitCode: 77,
      problems: [
        expect.stringContaining('1_a.sql: was edited'),
        expect.stringContaining('2_b.sql: is applied, and its file is gone'),
      ],
    });
  });
});

describe('schema', () => {
  it('is written once, is the same from migrations and target, and is stale after a new migration', async () => {
    await project.write({ '1_a.sql': tableSql('a'), '2_b.js': tableKnex('b') });
    await apply();
    const file = join(project.directory, 'out', 'schema.txt');
    const text = asText(await project.withScratch((scratch) => schemaOfMigrations(scratch, project.settings)));
    expect(asText(await project.database.session((session) => schemaOfTarget(session, project.settings)))).toBe(text);
    expect(await writeSchema(project.settings, file, text, true)).toMatchObject({ isCurrent: false });
    expect(await writeSchema(project.settings, file, text, false)).toMatchObject({
      path: 'out/schema.txt',
      isCurrent: false,
    });
    expect(await writeSchema(project.settings, file, text, true)).toMatchObject({ isCurrent: true, difference: [] });
    expect(await readFile(file, 'utf8')).toContain(
      'CREATE TABLE public.a (\n  id integer NOT NULL\n);\nALTER TABLE public.a ADD CONSTRAINT a_pkey PRIMARY KEY (id);',
    );
    expect(text).not.toMatch(/knex|ops\./);
    await project.write({ '3_c.sql': sql('ALTER TABLE a ADD more text') });
    const newer = asText(await project.withScratch((scratch) => schemaOfMigrations(scratch, project.settings)));
    expect((await writeSchema(project.settings, file, newer, true)).difference.join('\n')).toContain('+  more text');
  });
});
