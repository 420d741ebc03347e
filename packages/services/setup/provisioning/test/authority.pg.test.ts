import { withSession } from '@opsgraph/postgres';
import { describe, expect, it } from 'vitest';
import { planProvisioning, provisionDatabase, reviewAuthority } from '../src/index.ts';
import { asApp, cluster, newTarget } from './new-target.ts';

describe('authority', () => {
  it('lets the service read which migrations were applied, and write nothing of it', async () => {
    const input = newTarget({ migrationTables: { schema: undefined, table: 'History' } });
    await provisionDatabase(input);
    // As knex makes them, with what the default privileges grant.
    await withSession(input.target, (owner) =>
      owner.execute('CREATE TABLE "History" (id serial, name text); CREATE TABLE "History_lock" (is_locked integer)'),
    );
    const steps = ['"public"."History"', '"public"."History_lock"'].map((table) => ({
      action: 'revoke',
      object: `right to write ${table} from ${input.app!.name}`,
    }));
    const subject = { app: input.app!.name, migrationTables: input.migrationTables! };
    expect((await reviewAuthority(input.target, subject)).map(({ fact }) => fact)).toEqual([
      expect.stringContaining('may write "public"."History"'),
      expect.stringContaining('may write "public"."History_lock"'),
    ]);
    expect(await planProvisioning(input)).toEqual(steps);
    expect(await provisionDatabase(input)).toEqual(steps);
    expect(await provisionDatabase(input)).toEqual([]);
    expect(await reviewAuthority(input.target, subject)).toEqual([]);
    await withSession(asApp(input), async (app) => {
      expect(await app.query('SELECT * FROM "History"')).toEqual([]);
      for (const act of [
        'INSERT INTO "History" DEFAULT VALUES',
        'DELETE FROM "History"',
        'UPDATE "History_lock" SET is_locked = 1',
      ])
        await expect(app.execute(act)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    });
  });

  it('reports who may put functions on the path of the owner, and who has', async () => {
    const input = newTarget({ adminUrl: cluster.url });
    await provisionDatabase(input);
    const subject = { app: input.app!.name, migrationTables: { schema: undefined, table: 'knex_migrations' } };
    const facts = async () => (await reviewAuthority(input.target, subject)).map(({ fact }) => fact);
    expect(await facts()).toEqual([]);
    const grant = (sql: string) => withSession(input.target, (owner) => owner.execute(sql));
    await grant(`GRANT CREATE ON SCHEMA public TO ${input.app!.name}`);
    expect(await facts()).toEqual([
      expect.stringContaining(`${input.app!.name} may create functions in schema public`),
    ]);
    await grant('GRANT CREATE ON SCHEMA public TO PUBLIC');
    expect(await facts()).toEqual([expect.stringContaining('PUBLIC may create functions in schema public')]);
    await withSession(asApp(input), (app) =>
      app.execute(
        "CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql AS 'SELECT $1::text'; CREATE FUNCTION theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      ),
    );
    expect(await facts()).toEqual([
      expect.stringContaining('PUBLIC may create'),
      expect.stringContaining('function public.lower(character varying) of role'),
    ]);
    await withSession(asApp(input), (app) =>
      app.execute('DROP FUNCTION lower(varchar); CREATE TABLE knex_migrations (id integer)'),
    );
    expect(await facts()).toEqual([
      expect.stringContaining('PUBLIC may create'),
      expect.stringContaining(
        `public.knex_migrations, a record of what was done to this database, belongs to role ${input.app!.name}`,
      ),
    ]);
  });
});
