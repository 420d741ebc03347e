import { until } from '@opsgraph/testing';
import knexFactory, { type Knex } from 'knex';
import { beforeEach, describe, expect, it } from 'vitest';
import { type MigrationSettings, migrate, planMigrations, rollback } from '../src/index.ts';
import { projectOfFile, tableKnex, tableSql } from './support.ts';

const project = projectOfFile();
beforeEach(async () => {
  await project.query('CREATE SCHEMA app');
  await project.write({
    '1_a.js': tableKnex('a'),
    '2_b.js': tableKnex('b'),
    '3_c.js': tableKnex('c'),
    '4_d.js': tableKnex('d'),
  });
});

/** Stock knex on the same files, with a pool and a process of its own as far as the database knows. */
async function stock<T>(settings: Partial<Knex.MigratorConfig>, work: (knex: Knex) => Promise<T>): Promise<T> {
  const knex = knexFactory({
    client: 'pg',
    connection: project.database.url.reveal(),
    migrations: { directory: project.directory, ...settings },
  });
  try {
    return await work(knex);
  } finally {
    await knex.destroy();
  }
}
const ours = (settings: Partial<MigrationSettings> & { to?: string } = {}) =>
  project.database.session((session) => migrate(session, { ...project.settings, ...settings }));
const names = (rows: unknown): string[] =>
  (rows as { name?: string; file?: string }[]).map((row) => row.name ?? row.file!);

/** All there is to know about the two tables, without times. */
async function shape(schema: string, table: string): Promise<unknown> {
  return project.query(`
    SELECT c.relname, c.relkind::text, a.attname, format_type(atttypid, atttypmod) AS type, attnotnull, pg_get_expr(adbin, adrelid) AS initial,
           (SELECT string_agg(conname || ' ' || pg_get_constraintdef(o.oid), ', ') FROM pg_constraint o WHERE conrelid = c.oid AND contype <> 'n') AS constraints
    FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 LEFT JOIN pg_attrdef d ON adrelid = c.oid AND adnum = attnum
    WHERE c.relnamespace = '${schema}'::regnamespace AND c.relname ~ '^${table}'
    ORDER BY c.relname, attnum`);
}

describe.each<[string, { tableName?: string; schemaName?: string }]>([
  ['the default tables', {}],
  ['a custom table in a custom schema', { tableName: 'History', schemaName: 'app' }],
])('with %s', (_what, settings) => {
  const table = settings.tableName ?? 'knex_migrations';
  const schema = settings.schemaName ?? 'public';

  it('makes and fills them as stock knex would', async () => {
    await stock(settings, (knex) => knex.migrate.latest());
    const [tables, rows, locks] = [
      await shape(schema, table),
      await project.query(`SELECT id, name, batch FROM ${schema}."${table}"`),
      await project.query(`TABLE ${schema}."${table}_lock"`),
    ];
    await stock(settings, (knex) => knex.migrate.rollback());
    await project.query(`DROP TABLE ${schema}."${table}", ${schema}."${table}_lock"`);
    await ours(settings);
    expect(await shape(schema, table)).toEqual(tables);
    expect(await project.query(`SELECT id, name, batch FROM ${schema}."${table}"`)).toEqual(rows);
    expect(await project.query(`TABLE ${schema}."${table}_lock"`)).toEqual(locks);
  });

  it('stock knex goes on after us, at any point, and back', async () => {
    await ours({ ...settings, to: '2_b' });
    await stock(settings, async (knex) => {
      const [done, open] = (await knex.migrate.list()) as [unknown, { file: string }[]];
      expect([names(done), names(open)]).toEqual([
        ['1_a.js', '2_b.js'],
        ['3_c.js', '4_d.js'],
      ]);
      expect(await knex.migrate.up()).toEqual([2, ['3_c.js']]);
      expect(await knex.migrate.rollback()).toEqual([2, ['3_c.js']]);
      expect(await knex.migrate.rollback()).toEqual([1, ['2_b.js', '1_a.js']]);
      expect(await knex.migrate.latest()).toEqual([1, ['1_a.js', '2_b.js', '3_c.js', '4_d.js']]);
    });
    expect(await project.tables()).toEqual(['a', 'b', 'c', 'd']);
    expect(await ours(settings)).toMatchObject({ applied: [], adopted: ['1_a.js', '2_b.js', '3_c.js', '4_d.js'] });
  });

  it('we go on after stock knex, adopt what it did, and back', async () => {
    await stock(settings, (knex) => knex.migrate.up());
    await stock(settings, (knex) => knex.migrate.up());
    expect(await ours({ ...settings, to: '3_c' })).toMatchObject({
      adopted: ['1_a.js', '2_b.js'],
      applied: [{ stem: '3_c' }],
      batch: 3,
    });
    expect(await project.query('SELECT stem, adopted, batch, content FROM ops.migration ORDER BY position')).toEqual([
      { stem: '1_a', adopted: true, batch: 1, content: tableKnex('a') },
      { stem: '2_b', adopted: true, batch: 2, content: tableKnex('b') },
      { stem: '3_c', adopted: false, batch: 3, content: tableKnex('c') },
    ]);
    const back = await project.database.session((session) =>
      rollback(session, { ...project.settings, ...settings, steps: 2 }),
    );
    expect(back.reverted.map(({ name }) => name)).toEqual(['3_c.js', '2_b.js']);
    expect(await project.tables()).toEqual(['a']);
    await stock(settings, async (knex) =>
      expect(names(((await knex.migrate.list()) as unknown[])[0])).toEqual(['1_a.js']),
    );
  });
});

it('an adopted migration that is edited afterwards is noticed, as one of ours is', async () => {
  await stock({}, (knex) => knex.migrate.up());
  expect(await ours({ to: '2_b' })).toMatchObject({ adopted: ['1_a.js'] });
  const edit = (name: string, table: string) => project.write({ [name]: `${tableKnex(table)}exports.more = true;\n` });
  const unsound = { code: 'MIGRATIONS_UNSOUND', exitCode: 77 };
  await edit('1_a.js', 'a');
  await expect(ours()).rejects.toMatchObject({ ...unsound, problems: [expect.stringMatching(/^1_a\.js/)] });
  await edit('2_b.js', 'b');
  await expect(ours()).rejects.toMatchObject({ ...unsound, problems: [{}, {}].map(() => expect.any(String)) });
  expect(await project.tables()).toEqual(['a', 'b']);
});

describe('with knexModule', () => {
  it('names are wrapped as stock knex wraps them: in migrations, not in the ledger', async () => {
    // As knexSnakeCaseMappers of Objection do it.
    const wrap = "(name, quote) => quote(name.replace(/[A-Z]/g, (letter) => '_' + letter.toLowerCase()))";
    await project.write({
      'knexfile.cjs': `module.exports = { wrapIdentifier: ${wrap} };`,
      '5_e.js': tableKnex('someTable'),
    });
    const settings = {
      knexModule: `${project.directory}/knexfile.cjs`,
      loadExtensions: ['.js'],
      tableName: 'ourHistory',
    };
    await ours({ ...settings, to: '2_b' });
    const knex = knexFactory({
      client: 'pg',
      connection: project.database.url.reveal(),
      wrapIdentifier: new Function(`return ${wrap}`)(),
      migrations: { directory: project.directory, loadExtensions: ['.js'], tableName: 'ourHistory' },
    });
    try {
      const [done, open] = (await knex.migrate.list()) as [unknown, unknown];
      expect([names(done), names(open)]).toEqual([
        ['1_a.js', '2_b.js'],
        ['3_c.js', '4_d.js', '5_e.js'],
      ]);
    } finally {
      await knex.destroy();
    }
    await ours(settings);
    expect(await project.tables()).toEqual(['a', 'b', 'c', 'd', 'ourHistory', 'ourHistory_lock', 'some_table']);
  });
});

describe('beside stock knex', () => {
  it('SQL files stay out of its sight', async () => {
    await project.write({ '2_x.sql': tableSql('x') });
    await ours();
    await stock({}, async (knex) => {
      expect((await knex.migrate.list()).map((list: unknown[]) => list.length)).toEqual([4, 0]);
      await knex.migrate.rollback();
    });
    expect(await project.tables()).toEqual(['x']);
    expect(await ours()).toMatchObject({
      applied: [{ stem: '1_a' }, { stem: '2_b' }, { stem: '3_c' }, { stem: '4_d' }],
      batch: 2,
    });
  });

  it('takes the new content when stock knex ran an edited migration again', async () => {
    await ours({ to: '1_a' });
    await stock({}, (knex) => knex.migrate.rollback());
    await project.write({ '1_a.js': `${tableKnex('a')}// edited` });
    await stock({}, (knex) => knex.migrate.latest());
    expect(await ours()).toMatchObject({ applied: [], adopted: ['1_a.js', '2_b.js', '3_c.js', '4_d.js'] });
    const plan = await project.database.session((session) => planMigrations(session, project.settings));
    expect(plan.problems).toEqual([]);
  });

  it('refuses while it holds its lock, and says how to get out', async () => {
    await ours({ to: '1_a' });
    await project.query('UPDATE knex_migrations_lock SET is_locked = 1');
    await expect(ours()).rejects.toMatchObject({
      code: 'MIGRATIONS_UNSOUND',
      exitCode: 77,
      problems: [expect.stringContaining('migrate:unlock')],
    });
    await stock({}, (knex) => knex.migrate.forceFreeMigrationsLock());
    await ours();
    expect(await project.tables()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('notices that it migrated in the middle of our run', async () => {
    await project.write({ '0_gate.sql': '-- migrate:up\nSELECT pg_advisory_xact_lock(7);' });
    await project.database.session(async (gate) => {
      await gate.query('SELECT pg_advisory_lock(7)');
      const running = ours();
      const isWaiting = async () =>
        (await gate.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted")).length > 0;
      await until(isWaiting);
      await stock({}, (knex) => knex.migrate.up());
      await gate.query('SELECT pg_advisory_unlock(7)');
      await expect(running).rejects.toMatchObject({ code: 'TARGET_MOVED', exitCode: 75 });
    });
    expect(await project.tables()).toEqual(['a']);
    expect(await ours()).toMatchObject({ adopted: ['1_a.js'], applied: [{}, {}, {}] });
  });
});
