import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate, rehearse, rollback } from '../src/index.ts';
import { projectOfFile } from './support.ts';

// A login of deployments that becomes the owner of everything, who knows nothing of our ledger.
const project = projectOfFile();
const role = 'owner_of_another_role_test';
beforeAll(() => project.query(`CREATE ROLE ${role}; GRANT ${role} TO CURRENT_USER`));
beforeEach(() => project.query(`GRANT ALL ON SCHEMA public TO ${role}`));
afterAll(async () => {
  await project.query(`DROP OWNED BY ${role} CASCADE`);
  await project.query(`DROP ROLE ${role}`);
});

const apply = () => project.database.session((session) => migrate(session, project.settings));
const owners = () =>
  project.query(
    "SELECT relname AS name, relowner::regrole::text = current_user AS ours FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname IN ('a', 'b') ORDER BY 1",
  );
const recorded = () => project.query('SELECT stem, status FROM ops.migration ORDER BY position');

describe('a migration that becomes somebody else is recorded, and the next one is ours again', () => {
  it.each([
    [
      'an SQL file',
      '1_a.sql',
      `-- migrate:up\nSET ROLE ${role};\nCREATE TABLE a ();\n-- migrate:down\nSET ROLE ${role};\nDROP TABLE a;`,
    ],
    [
      'without a transaction',
      '1_a.sql',
      `-- migrate:up transaction:false\nSET ROLE ${role};\nCREATE TABLE a (x integer);\nCREATE INDEX CONCURRENTLY i ON a (x);\n-- migrate:down transaction:false\nSET ROLE ${role};\nDROP TABLE a;`,
    ],
    [
      'knex',
      '1_a.js',
      `exports.up = (knex) => knex.raw('SET ROLE ${role}; CREATE TABLE a ()');\nexports.down = (knex) => knex.raw('SET ROLE ${role}; DROP TABLE a');`,
    ],
    [
      'knex, in a transaction of its own',
      '1_a.js',
      `exports.config = { transaction: false };
       const inside = (sql) => async (knex) => { await knex.transaction(async (trx) => { await trx.raw('SET LOCAL ROLE ${role}'); await trx.raw(sql); }); };
       exports.up = inside('CREATE TABLE a ()');\nexports.down = inside('DROP TABLE a');`,
    ],
  ])('%s', async (_what, name, content) => {
    await project.write({
      [name]: content,
      '2_b.sql': '-- migrate:up\nCREATE TABLE b ();\n-- migrate:down\nDROP TABLE b;',
    });
    await apply();
    expect(await owners()).toEqual([
      { name: 'a', ours: false },
      { name: 'b', ours: true },
    ]);
    expect(await recorded()).toEqual([
      { stem: '1_a', status: 'applied' },
      { stem: '2_b', status: 'applied' },
    ]);
    await project.database.session((session) => rollback(session, { ...project.settings, steps: 2 }));
    expect([await owners(), await recorded()]).toEqual([[], []]);
  });
});

it('what it makes is told with it by a rehearsal, owner and all', async () => {
  await project.write({
    '1_a.sql': `-- migrate:up\nSET ROLE ${role};\nCREATE TABLE a ();`,
    '2_b.sql': '-- migrate:up\nCREATE TABLE b ();',
  });
  const { migrations } = await project.database.session((session) => rehearse(session, project.settings));
  expect(migrations.map(({ objects }) => objects.map(({ kind, name }) => `${kind} ${name}`))).toEqual([
    expect.arrayContaining(['table public.a']),
    ['table public.b'],
  ]);
});
