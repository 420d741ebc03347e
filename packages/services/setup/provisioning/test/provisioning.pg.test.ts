import { migrateLedger, readMarker } from '@opsgraph/ledger';
import { withSession } from '@opsgraph/postgres';
import { Secret, secretUrl } from '@opsgraph/secrets';
import { testServerHas } from '@opsgraph/testing';
import { describe, expect, it } from 'vitest';
import { describeTarget, planProvisioning, provisionDatabase } from '../src/index.ts';
import { asApp, chapters, cluster, newTarget } from './new-target.ts';

describe('provisioning', () => {
  it('plans what it then does, and the second time finds nothing to do', async () => {
    const input = newTarget();
    const plan = await planProvisioning(input);
    const applied = await provisionDatabase(input);
    expect(applied.map(({ object }) => object).sort()).toEqual(plan.map(({ object }) => object).sort());
    expect(applied.map(({ object }) => object)).toContain(`database ${input.name}`);
    expect([await planProvisioning(input), await provisionDatabase(input)]).toEqual([[], []]);
    expect(await withSession(input.target, readMarker)).toMatchObject({ environment: 'local' });
    expect(await describeTarget(input.target, 'local', chapters)).toContain('marked local');
  });

  it.each(['without a host in its place', 'with the login in parameters'])('makes one by a URL %s', async (form) => {
    const input = newTarget();
    const { hostname, port, username, password, pathname } = new URL(input.target.url.reveal());
    const text = form.startsWith('without')
      ? `postgres://${username}:${password}@${pathname}?host=${hostname}&port=${port}`
      : `postgres://${hostname}:${port}${pathname}?user=${username}&password=${password}`;
    const target = { ...input.target, url: secretUrl('DATABASE_URL', text) };
    expect((await provisionDatabase({ ...input, target })).map(({ object }) => object)).toContain(`role ${username}`);
    expect(await planProvisioning({ ...input, target })).toEqual([]);
    expect(await planProvisioning(input)).toEqual([]);
  });

  it('says of a target that only allows reading that no task could write there', async () => {
    const input = newTarget();
    await provisionDatabase(input);
    const set = (value: string): Promise<unknown> =>
      cluster.session((admin) => admin.execute(`ALTER DATABASE ${input.name} ${value}`));
    await set('SET default_transaction_read_only = on');
    await expect(describeTarget(input.target, 'local', chapters)).rejects.toMatchObject({
      code: 'TARGET_READ_ONLY',
      message: expect.stringContaining('default_transaction_read_only is on'),
    });
    await set('RESET default_transaction_read_only');
    expect(await describeTarget(input.target, 'local', chapters)).toContain('marked local');
  });

  it.each(['LATIN1', 'SQL_ASCII'])(
    'refuses a database whose encoding is %s before it makes anything',
    async (encoding) => {
      const input = newTarget();
      await cluster.session(async (admin) => {
        await admin.execute(
          `CREATE ROLE ${input.name}_owner LOGIN PASSWORD '${new URL(input.target.url.reveal()).password}'`,
        );
        await admin.execute(
          `CREATE DATABASE ${input.name} OWNER ${input.name}_owner TEMPLATE template0 ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'${testServerHas('builtin locales') ? " LOCALE_PROVIDER 'libc'" : ''}`,
        );
      });
      const refusal = {
        code: 'DATABASE_NOT_UTF8',
        exitCode: 78,
        message: expect.stringContaining(`has the encoding ${encoding}; the tasks need UTF8`),
      };
      await expect(planProvisioning(input)).rejects.toMatchObject(refusal);
      await expect(provisionDatabase(input)).rejects.toMatchObject(refusal);
      await expect(describeTarget(input.target, 'local', chapters)).rejects.toMatchObject(refusal);
      await cluster.session(async (admin) =>
        expect(await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [input.app!.name])).toEqual([]),
      );
    },
  );

  it('is one provisioning when eight start at once', async () => {
    const input = newTarget();
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => provisionDatabase(input)));
    expect(all.filter(({ status }) => status === 'rejected')).toEqual([]);
    const resets = Array.from({ length: 8 }, () =>
      provisionDatabase({
        ...input,
        mayResetPasswords: true,
        app: { name: input.app!.name, password: new Secret('DATABASE_APP_PASSWORD', 'changed-at-once') },
      }),
    );
    expect((await Promise.allSettled(resets)).filter(({ status }) => status === 'rejected')).toEqual([]);
    const changed = {
      ...input,
      app: { name: input.app!.name, password: new Secret('DATABASE_APP_PASSWORD', 'changed-at-once') },
    };
    expect(await planProvisioning(changed)).toEqual([]);
  });

  it('lets the service read and write rows of later tables too, and change no table', async () => {
    const input = newTarget();
    await provisionDatabase(input);
    await withSession(input.target, (owner) =>
      owner.execute('CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, text text)'),
    );
    await withSession(asApp(input), async (app) => {
      expect(await app.execute("INSERT INTO later (text) VALUES ('x')")).toBe(1);
      await expect(app.execute('DROP TABLE later')).rejects.toMatchObject({ code: 'PERMISSION_DENIED', exitCode: 77 });
      await expect(app.execute('SELECT 1 FROM ops.run')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    });
  });

  it('refuses a database that is another environment before anything is touched', async () => {
    const input = newTarget();
    await provisionDatabase({ ...input, app: undefined });
    const mistaken = { ...input, environment: 'production', ownerMakesDatabases: true };
    for (const attempt of [planProvisioning, provisionDatabase])
      await expect(attempt(mistaken)).rejects.toMatchObject({ code: 'WRONG_ENVIRONMENT', exitCode: 77 });
    expect(await withSession(input.target, readMarker)).toMatchObject({ environment: 'local' });
    const roles = await cluster.session((admin) =>
      admin.query('SELECT rolname, rolcreatedb FROM pg_roles WHERE rolname LIKE $1', [`${input.name}%`]),
    );
    expect(roles).toEqual([{ rolname: `${input.name}_owner`, rolcreatedb: false }]);
  });

  it('never changes the password of a role on a server that is not ours', async () => {
    const input = newTarget();
    await provisionDatabase(input);
    const other = {
      ...input,
      app: { name: input.app!.name, password: new Secret('DATABASE_APP_PASSWORD', 'another-one') },
    };
    await expect(provisionDatabase(other)).rejects.toMatchObject({ code: 'ROLE_PASSWORD_DIFFERS', exitCode: 77 });
    await withSession(asApp(input), async () => {});
    expect(await provisionDatabase({ ...other, mayResetPasswords: true })).toEqual([
      { action: 'update', object: `password of role ${input.app!.name}` },
    ]);
    await withSession(asApp(other), async () => {});
  });

  it('lets the owner make databases only where it should', async () => {
    const input = newTarget();
    await provisionDatabase(input);
    const make = () => withSession(input.target, (owner) => owner.execute(`CREATE DATABASE ${input.name}_more`));
    await expect(make()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const step = { action: 'grant', object: `right to make databases to ${input.name}_owner` };
    expect(await planProvisioning({ ...input, ownerMakesDatabases: true })).toEqual([step]);
    expect(await provisionDatabase({ ...input, ownerMakesDatabases: true })).toEqual([step]);
    expect(await provisionDatabase({ ...input, ownerMakesDatabases: true })).toEqual([]);
    await make();
    await withSession(input.target, (owner) => owner.execute(`DROP DATABASE ${input.name}_more`));
  });

  it('brings an older ledger up to date', async () => {
    const input = newTarget();
    await provisionDatabase(input);
    await withSession(input.target, (owner) => owner.execute('DROP SCHEMA ops CASCADE'));
    expect((await provisionDatabase(input)).map(({ action }) => action)).toEqual(['create', 'mark']);
    expect(await withSession(input.target, (owner) => migrateLedger(owner, chapters))).toBe(0);
  });

  it('refuses a database that has objects and no marker, before anything is touched, unless it is named', async () => {
    const input = newTarget();
    await provisionDatabase({ ...input, app: undefined });
    await withSession(input.target, (owner) =>
      owner.execute('DROP SCHEMA ops CASCADE; CREATE SCHEMA shop; CREATE TABLE shop.orders (id integer)'),
    );
    const inUse = { code: 'DATABASE_IN_USE', exitCode: 77, message: expect.stringContaining('shop.orders') };
    for (const adopt of [undefined, 'postgres'])
      for (const attempt of [planProvisioning, provisionDatabase])
        await expect(attempt({ ...input, adopt })).rejects.toMatchObject(inUse);
    await expect(provisionDatabase(input)).rejects.toMatchObject({
      hint: expect.stringContaining(`pnpm --filter setup run database --env local --adopt ${input.name}`),
    });
    const roles = await cluster.session((admin) =>
      admin.query('SELECT rolname FROM pg_roles WHERE rolname = $1', [input.app!.name]),
    );
    expect([roles, await withSession(input.target, readMarker)]).toEqual([[], undefined]);
    await provisionDatabase({ ...input, adopt: input.name });
    expect(await withSession(input.target, readMarker)).toMatchObject({ environment: 'local' });
    expect(await provisionDatabase(input)).toEqual([]);
  });

  it('takes a database whose marker is gone for what its records say, also when it is named', async () => {
    const input = newTarget();
    await provisionDatabase({ ...input, environment: 'production' });
    await withSession(input.target, (owner) =>
      owner.execute(`
        INSERT INTO ops.run (id, domain, task, effect, dry_run, environment, arguments, actor, host)
          VALUES ('r1', 'db', 'db:seed', 'write', false, 'production', '{}', 'ana', 'web');
        DELETE FROM ops.environment`),
    );
    for (const adopt of [undefined, input.name])
      for (const attempt of [planProvisioning, provisionDatabase])
        await expect(attempt({ ...input, adopt })).rejects.toMatchObject({
          code: 'WRONG_ENVIRONMENT',
          exitCode: 77,
          hint: expect.stringContaining(`--env production --adopt ${input.name}`),
        });
    expect(await withSession(input.target, readMarker)).toBeUndefined();
    await provisionDatabase({ ...input, environment: 'production' });
    expect(await withSession(input.target, readMarker)).toMatchObject({ environment: 'production' });
  });

  it.each([
    ['ops.environment', 'CREATE SCHEMA ops; CREATE TABLE ops.environment (id integer)'],
    [
      'ops.customers',
      'CREATE SCHEMA ops; CREATE TABLE ops.version (v integer); CREATE TABLE ops.customers (id integer)',
    ],
    ['ops.version', 'CREATE SCHEMA ops; CREATE TABLE ops.version (version integer)'],
    [
      'ops.environment',
      'CREATE SCHEMA ops; CREATE TABLE ops.environment (name text); CREATE TABLE ops.version (v integer)',
    ],
    ['ops.f()', "CREATE SCHEMA ops; CREATE FUNCTION ops.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"],
    ['public.f()', "CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"],
    ['public.mood', "CREATE TYPE public.mood AS ENUM ('calm')"],
    ['public.pair', 'CREATE TYPE public.pair AS (a integer, b integer)'],
    ['public.numbers', 'CREATE SEQUENCE public.numbers'],
    ['public.seen', 'CREATE VIEW public.seen AS SELECT 1 AS one'],
  ])('takes what somebody else has in the database for what it is: %s', async (named, sql) => {
    const input = newTarget();
    await provisionDatabase({ ...input, app: undefined });
    await withSession(input.target, (owner) => owner.execute(`DROP SCHEMA ops CASCADE; ${sql}`));
    await expect(provisionDatabase(input)).rejects.toMatchObject({
      code: 'DATABASE_IN_USE',
      exitCode: 77,
      message: expect.stringContaining(named),
    });
  });

  it('goes on where a setup was killed between the ledger and the marker', async () => {
    const input = newTarget();
    await provisionDatabase(input);
    await withSession(input.target, (owner) => owner.execute('DELETE FROM ops.environment'));
    expect((await provisionDatabase(input)).map(({ action }) => action)).toContain('mark');
  });

  it('says which login is refused when nobody may create anything', async () => {
    const input = newTarget({ adminUrl: undefined });
    await expect(provisionDatabase(input)).rejects.toMatchObject({ code: 'DATABASE_LOGIN_REFUSED', exitCode: 77 });
  });
});
