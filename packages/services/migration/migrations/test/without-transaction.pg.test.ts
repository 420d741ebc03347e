import { beforeEach, expect, it } from 'vitest';
import { migrate, planMigrations, repair, rollback } from '../src/index.ts';
import { projectOfFile, tableSql } from './support.ts';

const project = projectOfFile();
beforeEach(async () => {
  await project.write({ '1_a.sql': tableSql('a') });
});

const run = () => project.database.session((session) => migrate(session, project.settings));
const back = (steps: number) =>
  project.database.session((session) => rollback(session, { ...project.settings, steps }));
const row = async (stem: string) =>
  (
    await project.query(`SELECT status, direction, statements_done, begun FROM ops.migration WHERE stem = '${stem}'`)
  )[0];
const indexes = () =>
  project.query(
    "SELECT c.relname, indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = 'a'::regclass AND NOT indisprimary ORDER BY 1",
  );

it('applies and takes back an SQL file whose statements want no transaction', async () => {
  await project.write({
    '2_i.sql':
      '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON a (id);\nVACUUM a;\n-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY i;',
  });
  await run();
  expect(await indexes()).toEqual([{ relname: 'i', indisvalid: true }]);
  expect(await row('2_i')).toEqual({ status: 'applied', direction: 'up', statements_done: 2, begun: null });
  await back(1);
  expect(await indexes()).toEqual([]);
  expect(await row('2_i')).toBeUndefined();
});

it('leaves an index alone that was there before it, and valid', async () => {
  await run();
  await project.query('CREATE INDEX i ON a (id)');
  const oid = () => project.query("SELECT 'i'::regclass::oid AS oid");
  const before = await oid();
  await project.write({
    '2_i.sql': '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON a (id);',
  });
  await run();
  expect(await oid()).toEqual(before);
});

it('goes on with the statement that failed, once it is corrected', async () => {
  await project.write({
    '2_i.sql': '-- migrate:up transaction:false\nCREATE TABLE b ();\nCREATE TABLE c (x wrong);\nCREATE TABLE d ();',
  });
  await expect(run()).rejects.toMatchObject({
    code: 'MIGRATION_FAILED',
    message: '2_i.sql:3: type "wrong" does not exist',
    hint: expect.stringContaining('first statement stays applied'),
  });
  expect(await project.tables()).toEqual(['a', 'b']);
  expect(await row('2_i')).toMatchObject({ status: 'started', statements_done: 1 });
  await project.write({
    '2_i.sql': '-- migrate:up transaction:false\nCREATE TABLE b ();\nCREATE TABLE c (x int);\nCREATE TABLE d ();',
  });
  await run();
  expect(await project.tables()).toEqual(['a', 'b', 'c', 'd']);
  expect(await project.database.session((session) => planMigrations(session, project.settings))).toMatchObject({
    problems: [],
    pending: [],
  });
});

it('goes on under the settings that the first part made', async () => {
  const file = (third: string): string =>
    `-- migrate:up transaction:false\nCREATE SCHEMA other;\nSET search_path = other;\n${third};\nCREATE TABLE b ();`;
  await project.write({ '2_i.sql': file('SELECT 1/0') });
  await expect(run()).rejects.toThrow('division by zero');
  await project.write({ '2_i.sql': file('SELECT 1'), '3_c.sql': '-- migrate:up\nCREATE TABLE c ();' });
  await run();
  expect(await project.query("SELECT to_regclass('other.b')::text AS b, to_regclass('public.c')::text AS c")).toEqual([
    { b: 'other.b', c: 'c' },
  ]);
});

it('refuses to go on when the part that is done was edited', async () => {
  await project.write({ '2_i.sql': '-- migrate:up transaction:false\nCREATE TABLE b ();\nCREATE TABLE c (x wrong);' });
  await expect(run()).rejects.toThrow();
  await project.write({ '2_i.sql': '-- migrate:up transaction:false\nCREATE TABLE other ();\nCREATE TABLE c ();' });
  await expect(run()).rejects.toMatchObject({
    code: 'MIGRATION_HALF_DONE',
    exitCode: 77,
    hint: expect.stringContaining('repair --applied 2_i'),
  });
  expect(await project.tables()).toEqual(['a', 'b']);
});

it.each([
  ['an SQL file', 'sql', (sql: string) => `-- migrate:up transaction:false\n${sql};`],
  [
    'knex',
    'js',
    (sql: string) => `exports.config = { transaction: false };\nexports.up = (knex) => knex.raw('${sql}');`,
  ],
])('leaves no invalid index that has no name in its statement either: %s', async (_what, extension, file) => {
  await project.write({
    '2_a.sql': '-- migrate:up\nALTER TABLE a ADD x integer; INSERT INTO a VALUES (1, 1), (2, 1);',
  });
  await run();
  await project.query('CREATE INDEX CONCURRENTLY known ON a (x)');
  await project.query("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'known'::regclass");
  const left = async () => (await indexes()).map(({ relname }) => relname);
  for (const statement of ['CREATE UNIQUE INDEX CONCURRENTLY ON a (x)', 'REINDEX TABLE CONCURRENTLY a']) {
    // An index that was valid and cannot be built again, as something had broken it.
    if (statement.startsWith('REINDEX')) {
      await project.query('CREATE INDEX broken ON a (x)');
      await project.query("UPDATE pg_index SET indisunique = true WHERE indexrelid = 'broken'::regclass");
    }
    const before = await left();
    // A module is imported once.
    const name = `3_${statement.slice(0, 3)}.${extension}`;
    await project.write({ [name]: file(statement) });
    for (const _attempt of [1, 2]) await expect(run()).rejects.toThrow('could not create unique index');
    expect(await left()).toEqual(before);
    await project.remove(name);
    await project.query("DELETE FROM ops.migration WHERE stem ~ '^3'");
  }
  await project.write({ [`4_i.${extension}`]: file('CREATE INDEX CONCURRENTLY ON a (x)') });
  await run();
  expect(await left()).toEqual(['a_x_idx', 'broken', 'known']);
});

it('leaves no invalid index behind, and builds it when it can', async () => {
  await project.write({
    '2_i.sql': '-- migrate:up transaction:false\nCREATE UNIQUE INDEX CONCURRENTLY "I" ON public.a ((id > 0));',
  });
  await project.write({ '1_b.sql': '-- migrate:up\nINSERT INTO a VALUES (1), (2);' });
  await expect(run()).rejects.toMatchObject({ code: 'MIGRATION_FAILED' });
  expect(await indexes()).toEqual([]);
  await project.query('DELETE FROM a WHERE id = 2');
  await run();
  expect(await indexes()).toEqual([{ relname: 'I', indisvalid: true }]);
});

it.each([
  ['before the build began', ''],
  ['after the build, before the record', 'CREATE INDEX i ON a (id);'],
  [
    'in the middle of the build',
    "CREATE INDEX i ON a (id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass;",
  ],
])('killed %s, the next run ends as an undisturbed one', async (_when, left) => {
  const build = 'CREATE INDEX CONCURRENTLY i ON a (id)';
  await project.write({ '2_i.sql': `-- migrate:up transaction:false\n${build};\nCREATE TABLE z ();` });
  await run();
  // The state that a run leaves which is killed while that statement is under way.
  await project.query(`DROP INDEX i; DROP TABLE z; ${left}
    UPDATE ops.migration SET status = 'started', statements_done = 0, done_sha256 = NULL, begun = '${build}' WHERE stem = '2_i'`);
  await run();
  expect(await indexes()).toEqual([{ relname: 'i', indisvalid: true }]);
  expect(await project.tables()).toEqual(['a', 'z']);
  expect(await row('2_i')).toMatchObject({ status: 'applied', begun: null });
});

it('explains a statement in doubt, and repair settles it either way', async () => {
  await project.write({ '2_i.sql': '-- migrate:up transaction:false\nREINDEX TABLE CONCURRENTLY a;' });
  await run();
  const doubt =
    "UPDATE ops.migration SET status = 'started', statements_done = 0, begun = 'DROP DATABASE x' WHERE stem = '2_i'";
  await project.query(doubt);
  await expect(run()).rejects.toMatchObject({
    code: 'MIGRATION_HALF_DONE',
    problems: expect.arrayContaining(['statement in doubt: DROP DATABASE x']),
  });
  await project.database.session((session) => repair(session, { ...project.settings, applied: ['2_i'] }));
  expect(await run()).toMatchObject({ applied: [] });
  await project.query(doubt);
  await project.database.session((session) => repair(session, { ...project.settings, pending: ['2_i.sql'] }));
  expect(await run()).toMatchObject({ applied: [{ stem: '2_i' }] });
});

it('lets such a file manage its own transaction, and notices one left open', async () => {
  await project.write({ '2_i.sql': '-- migrate:up transaction:false\nBEGIN;\nCREATE TABLE b ();\nCOMMIT;' });
  await run();
  await project.write({ '3_i.sql': '-- migrate:up transaction:false\nBEGIN;\nCREATE TABLE c ();' });
  await expect(run()).rejects.toMatchObject({ message: expect.stringContaining('leaves a transaction open') });
  expect(await project.tables()).toEqual(['a', 'b']);
});

it('applies a knex migration without transaction beside others with one', async () => {
  await project.write({
    '2_i.js':
      "exports.config = { transaction: false };\nexports.up = (knex) => knex.raw('CREATE INDEX CONCURRENTLY i ON a (id)');\nexports.down = (knex) => knex.raw('DROP INDEX CONCURRENTLY i');",
    '3_b.js':
      "exports.up = async (knex) => { await knex.schema.createTable('b', () => {}); await knex.raw('SELECT * FROM nowhere'); };",
  });
  await expect(run()).rejects.toMatchObject({ message: expect.stringContaining('3_b.js') });
  expect(await indexes()).toEqual([{ relname: 'i', indisvalid: true }]);
  expect(await project.query('SELECT name FROM knex_migrations')).toEqual([{ name: '2_i.js' }]);
  expect(await project.tables()).toEqual(['a']);
  await back(1);
  expect(await indexes()).toEqual([]);
  expect(await project.query('SELECT name FROM knex_migrations')).toEqual([]);
});

it('does not run a half-done knex migration again, but one that did nothing', async () => {
  await project.write({
    '2_i.js':
      "exports.config = { transaction: false };\nexports.up = async (knex) => { await knex.raw('SELECT * FROM nowhere'); };",
  });
  await expect(run()).rejects.toMatchObject({ code: 'MIGRATION_FAILED' });
  expect(await row('2_i')).toBeUndefined();
  await project.write({
    '3_i.js':
      "exports.config = { transaction: false };\nexports.up = async (knex) => { await knex.raw('CREATE TABLE b ()'); await knex.raw('SELECT * FROM nowhere'); };",
  });
  await project.remove('2_i.js');
  await expect(run()).rejects.toMatchObject({
    code: 'MIGRATION_HALF_DONE',
    message: expect.stringContaining('3_i.js'),
  });
  await expect(run()).rejects.toMatchObject({
    code: 'MIGRATION_HALF_DONE',
    exitCode: 77,
    hint: expect.stringContaining('repair --applied 3_i'),
  });
  await project.database.session((session) => repair(session, { ...project.settings, applied: ['3_i'] }));
  expect(await project.query('SELECT name FROM knex_migrations')).toEqual([{ name: '3_i.js' }]);
  expect(await run()).toMatchObject({ applied: [] });
});

it('takes a half-done rollback up again, and explains one whose file is gone', async () => {
  await project.write({
    '2_i.sql':
      '-- migrate:up\nCREATE TABLE b (); CREATE TABLE c ();\n-- migrate:down transaction:false\nDROP TABLE b;\nDROP TABLE c;',
  });
  await run();
  await project.query('CREATE VIEW v AS TABLE c');
  await expect(back(1)).rejects.toMatchObject({ message: expect.stringContaining('2_i.sql:5') });
  expect(await row('2_i')).toMatchObject({ status: 'started', direction: 'down', statements_done: 1 });
  await expect(run()).rejects.toMatchObject({ code: 'MIGRATION_HALF_DONE', exitCode: 77 });
  await project.query('DROP VIEW v');
  expect((await back(1)).reverted).toEqual([{ stem: '2_i', name: '2_i.sql' }]);
  expect(await project.tables()).toEqual(['a']);
  await run();
  await project.query('CREATE VIEW v AS TABLE c');
  await expect(back(1)).rejects.toThrow();
  await project.remove('2_i.sql');
  await expect(back(1)).rejects.toMatchObject({
    code: 'MIGRATION_HALF_DONE',
    message: expect.stringContaining('its file is gone'),
  });
});
