import { join } from 'node:path';
import { createTaskProject, type TaskProject } from '@opsgraph/kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const migrate = join(import.meta.dirname, '..', 'migrate.ts');
const directory = 'tasks/migration/migrations';
let project: TaskProject;
beforeAll(async () => {
  project = await createTaskProject();
  project.write(`${directory}/1_a.sql`, '-- migrate:up\nCREATE TABLE a (b integer);\n');
});
afterAll(() => project.remove());

/** What a failed migrate leaves. */
async function left() {
  return project.database.session(async (session) => ({
    applied: await session.query('SELECT stem FROM ops.migration ORDER BY 1'),
    columns: await session.query("SELECT attname FROM pg_attribute WHERE attrelid = 'a'::regclass AND attnum > 0"),
    run: await session.query('SELECT outcome, exit_code FROM ops.run ORDER BY started_at DESC LIMIT 1'),
  }));
}

// Public projects have the first: knex calls the function and does not wait for it.
it.each([
  [
    'the callback of a table',
    "return knex.schema.alterTable('a', async (table) => { table.integer('c'); await knex('none').select(); });",
  ],
  ['a loop', "Promise.all([1].map(() => knex('none').select())); await knex.raw('ALTER TABLE a ADD c integer');"],
  [
    'a query before the one that it awaits, whose answers come together',
    "void knex('none').select().then(); await knex.raw('ALTER TABLE a ADD c integer');",
  ],
  ['a promise that its function waits for', "void knex('none').select().then(); await new Promise(() => {});"],
])('a promise that nobody awaited fails its migration, and is told and recorded: %s', async (_where, body) => {
  project.write(`${directory}/2_stray.js`, `exports.up = async (knex) => {\n  ${body}\n};\n`);
  for (const options of [['--dry-run'], []]) {
    const { code, stdout } = await project.run(migrate, ['--json', ...options]);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      1,
      {
        error: {
          code: 'MIGRATION_FAILED',
          message: `${directory}/2_stray.js:2: relation "none" does not exist`,
          hint: expect.stringContaining('neither awaited'),
        },
      },
    ]);
  }
  expect(await left()).toEqual({
    applied: [{ stem: '1_a' }],
    columns: [{ attname: 'b' }],
    run: [{ outcome: 'failed', exit_code: 1 }],
  });
});

it('an error out of a timer ends the run, and is recorded', async () => {
  project.write(
    `${directory}/2_stray.js`,
    "exports.up = async (knex) => { setTimeout(() => { throw new Error('late'); }, 1); await knex.raw('ALTER TABLE a ADD c integer'); await knex.raw('SELECT pg_sleep(9)'); };\n",
  );
  const { code, stdout } = await project.run(migrate, ['--json']);
  expect([code, JSON.parse(stdout)]).toMatchObject([70, { outcome: 'failed', error: { message: 'late' } }]);
  expect(await left()).toMatchObject({ columns: [{ attname: 'b' }], run: [{ outcome: 'failed', exit_code: 70 }] });
});
