import { expect, it } from 'vitest';
import { migrate } from '../src/index.ts';
import { projectOfFile, tableKnex } from './support.ts';

const project = projectOfFile();

it("makes knex's tables so that the service's role may read them and not write, whatever new tables grant it", async () => {
  const role = `Service ${process.pid}`;
  await project.write({ '1_a.js': tableKnex('a') });
  await project.database.session(async (session) => {
    await session.execute(
      `CREATE ROLE "${role}"; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO "${role}"`,
    );
    await migrate(session, { ...project.settings, appRole: role });
    const rights = await session.query(
      `SELECT relname, has_table_privilege($1, oid, 'SELECT') AS read, has_table_privilege($1, oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS write
       FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
      [role],
    );
    expect(rights).toEqual([
      { relname: 'a', read: true, write: true },
      { relname: 'knex_migrations', read: true, write: false },
      { relname: 'knex_migrations_lock', read: true, write: false },
    ]);
    await session.execute(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
  });
});

it('does without a role that is not there', async () => {
  await project.write({ '1_a.js': tableKnex('a') });
  const input = { ...project.settings, appRole: 'nobody at all' };
  expect(await project.database.session((session) => migrate(session, input))).toMatchObject({ batch: 1 });
});

it.each([
  [
    'a table with a trigger',
    'TABLE knex_migrations (id serial PRIMARY KEY, name varchar(255), batch int, migration_time timestamptz)',
  ],
  ['a view', 'VIEW knex_migrations_lock AS SELECT 0 AS is_locked'],
])("does not read or write what the service's role has made in place of knex's tables: %s", async (_what, made) => {
  const role = `maker_${process.pid}`;
  await project.write({ '1_a.js': tableKnex('a') });
  await project.database.session(async (session) => {
    await session.execute(
      `CREATE ROLE ${role}; GRANT ALL ON SCHEMA public TO ${role}; SET ROLE ${role}; CREATE ${made}; RESET ROLE`,
    );
    await expect(migrate(session, { ...project.settings, appRole: role })).rejects.toMatchObject({
      code: 'FOREIGN_RECORDS',
      exitCode: 77,
      message: expect.stringContaining(`role ${role} owns public.knex_migrations`),
    });
    expect(await session.query("SELECT FROM pg_class WHERE relname = 'a'")).toEqual([]);
    await session.execute(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    expect(await migrate(session, { ...project.settings, appRole: role })).toMatchObject({ batch: 1 });
  });
});
