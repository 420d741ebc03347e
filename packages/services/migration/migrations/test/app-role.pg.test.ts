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
