import { describe, expect, it } from 'vitest';
import { migrate, rollback } from '../src/index.ts';
import { projectOfFile, tableKnex } from './support.ts';

// What stock knex lets pass must be applied here with the same result, since it may be history; it is told.
const project = projectOfFile();

const apply = () => project.database.session((session) => migrate(session, project.settings));
const revert = () => project.database.session((session) => rollback(session, { ...project.settings, steps: 1 }));
const recorded = () =>
  project.query('SELECT m.file, m.status, k.name FROM ops.migration m LEFT JOIN knex_migrations k ON k.id = knex_id');

it('a builder that nobody awaited is not run, up and down', async () => {
  await project.write({
    '1_a.js':
      "exports.up = async (knex) => { knex.schema.createTable('a', () => {}); await knex.schema.createTable('b', () => {}); };\nexports.down = async (knex) => { knex.schema.dropTable('b'); };",
  });
  const notices = [{ kind: 'never-run', migration: '1_a.js', blocks: false }];
  expect(await apply()).toMatchObject({ applied: [{ stem: '1_a' }], notices });
  expect(await project.tables()).toEqual(['b']);
  expect(await revert()).toMatchObject({ reverted: [{ stem: '1_a' }], notices });
  expect(await project.tables()).toEqual(['b']);
});

describe('a migration that says BEGIN or COMMIT itself', () => {
  it.each([
    ['in one query', "await knex.raw('BEGIN; CREATE TABLE a (); COMMIT');"],
    ['in several', "await knex.raw('BEGIN'); await knex.raw('CREATE TABLE a ()'); await knex.raw('COMMIT');"],
    ['without an end', "await knex.raw('BEGIN'); await knex.raw('CREATE TABLE a ()');"],
    ['without a beginning', "await knex.raw('CREATE TABLE a ()'); await knex.raw('COMMIT');"],
  ])('is applied and taken back without a transaction of ours: %s', async (_what, body) => {
    await project.write({
      '1_a.js': `exports.up = async (knex) => { ${body} };\nexports.down = async (knex) => { ${body.replace('CREATE TABLE a ()', 'DROP TABLE a')} };`,
      '2_b.js': tableKnex('b'),
    });
    const notices = [{ kind: 'own-transaction', migration: '1_a.js', blocks: false }];
    expect(await apply()).toMatchObject({ applied: [{}, {}], notices });
    expect(await project.tables()).toEqual(['a', 'b']);
    expect(await recorded()).toEqual([
      { file: '1_a.js', status: 'applied', name: '1_a.js' },
      { file: '2_b.js', status: 'applied', name: '2_b.js' },
    ]);
    await revert();
    expect(await revert()).toMatchObject({ reverted: [{ stem: '1_a' }], notices });
    expect(await project.tables()).toEqual([]);
    expect(await recorded()).toEqual([]);
  });

  it('leaves nothing when it fails before its COMMIT, and says what stays when it fails after', async () => {
    await project.write({
      '1_a.js': "exports.up = (knex) => knex.raw('BEGIN; CREATE TABLE a (); SELECT 1/0; COMMIT');",
    });
    await expect(apply()).rejects.toMatchObject({ code: 'MIGRATION_FAILED' });
    expect(await project.tables()).toEqual([]);
    expect(await recorded()).toEqual([]);
    await project.write({
      '2_b.js':
        "exports.up = async (knex) => { await knex.raw('CREATE TABLE b ()'); await knex.raw('COMMIT'); await knex.raw('SELECT 1/0'); };",
    });
    await project.remove('1_a.js');
    await expect(apply()).rejects.toMatchObject({ code: 'MIGRATION_HALF_DONE' });
    expect(await project.tables()).toEqual(['b']);
  });
});
