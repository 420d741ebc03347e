import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateLedger, readMarker } from '@opsgraph/ledger';
import { withSession } from '@opsgraph/postgres';
import { Secret, secretUrl } from '@opsgraph/secrets';
import { createTestDatabase, type TestDatabase, testServerHas } from '@opsgraph/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  describeTarget,
  missingSecrets,
  type ProvisioningInput,
  planProvisioning,
  provisionDatabase,
  reviewAuthority,
  writeMissingSecrets,
} from '../src/index.ts';

let cluster: TestDatabase;
beforeAll(async () => {
  cluster = await createTestDatabase();
});
afterAll(() => cluster.drop());

const made: string[] = [];
afterEach(async () => {
  await cluster.session(async (admin) => {
    for (const name of made.splice(0)) {
      await admin.execute(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      for (const role of [`${name}_owner`, `${name}_app`]) await admin.execute(`DROP ROLE IF EXISTS ${role}`);
    }
  });
});

/** A target that does not exist yet: its own database, owner and service role. */
function newTarget(change: Partial<ProvisioningInput> = {}): ProvisioningInput & { name: string } {
  const name = `prov_${randomBytes(5).toString('hex')}`;
  made.push(name);
  const url = new URL(cluster.url.reveal());
  url.username = `${name}_owner`;
  url.password = randomBytes(9).toString('hex');
  url.pathname = `/${name}`;
  return {
    name,
    target: {
      url: secretUrl('DATABASE_URL', url.href),
      applicationName: 'test',
      lockTimeout: 5000,
      statementTimeout: 20_000,
      connectTimeout: 5000,
    },
    adminUrl: cluster.url,
    app: { name: `${name}_app`, password: new Secret('DATABASE_APP_PASSWORD', randomBytes(9).toString('hex')) },
    mayResetPasswords: false,
    ownerMakesDatabases: false,
    environment: 'local',
    by: 'test',
    ...change,
  };
}

function asApp(input: ProvisioningInput): ProvisioningInput['target'] {
  const url = new URL(input.target.url.reveal());
  url.username = input.app!.name;
  url.password = input.app!.password.reveal();
  return { ...input.target, url: secretUrl('DATABASE_URL', url.href) };
}

describe('provisioning', () => {
  it('plans what it then does, and the second time finds nothing to do', async () => {
    const input = newTarget();
    const plan = await planProvisioning(input);
    const applied = await provisionDatabase(input);
    expect(applied.map(({ object }) => object).sort()).toEqual(plan.map(({ object }) => object).sort());
    expect(applied.map(({ object }) => object)).toContain(`database ${input.name}`);
    expect([await planProvisioning(input), await provisionDatabase(input)]).toEqual([[], []]);
    expect(await withSession(input.target, readMarker)).toMatchObject({ environment: 'local' });
    expect(await describeTarget(input.target, 'local')).toContain('marked local');
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
      await expect(describeTarget(input.target, 'local')).rejects.toMatchObject(refusal);
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

  it('lets the owner make databases only where it shall', async () => {
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
    expect(await withSession(input.target, migrateLedger)).toBe(0);
  });

  it('refuses a database that has tables and no marker, before anything is touched, unless it is named', async () => {
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

  it('takes a schema ops of somebody else for what it is', async () => {
    const input = newTarget();
    await provisionDatabase({ ...input, app: undefined });
    await withSession(input.target, (owner) =>
      owner.execute('DROP SCHEMA ops CASCADE; CREATE SCHEMA ops; CREATE TABLE ops.environment (id integer)'),
    );
    await expect(provisionDatabase(input)).rejects.toMatchObject({
      code: 'DATABASE_IN_USE',
      message: expect.stringContaining('ops.environment'),
    });
  });

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

  it('says which login is refused when nobody may create anything', async () => {
    const input = newTarget({ adminUrl: undefined });
    await expect(provisionDatabase(input)).rejects.toMatchObject({ code: 'DATABASE_LOGIN_REFUSED', exitCode: 77 });
  });
});

describe('the secrets file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'opsgraph-secrets-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is private, keeps what it has, and gets only what it lacks', async () => {
    const path = join(directory, '.env.local');
    expect(await writeMissingSecrets({ path, names: ['A_PASSWORD'] })).toEqual(['A_PASSWORD']);
    const first = readFileSync(path, 'utf8');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await writeMissingSecrets({ path, names: ['A_PASSWORD', 'B_PASSWORD'] })).toEqual(['B_PASSWORD']);
    expect(readFileSync(path, 'utf8').startsWith(first)).toBe(true);
    expect(await writeMissingSecrets({ path, names: ['A_PASSWORD', 'B_PASSWORD'] })).toEqual([]);
    expect(await missingSecrets({ path, names: ['C_PASSWORD'] })).toEqual(['C_PASSWORD']);
  });

  it('does not join a last line that has no end, and takes rights away from others', async () => {
    const path = join(directory, '.env.open');
    writeFileSync(path, 'KEPT=1');
    chmodSync(path, 0o644);
    await writeMissingSecrets({ path, names: ['NEW_ONE'] });
    expect(readFileSync(path, 'utf8')).toMatch(/^KEPT=1\nNEW_ONE=[\w-]{43}\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('has one value for each name when sixteen write it at once', async () => {
    const path = join(directory, '.env.race');
    const all = await Promise.all(
      Array.from({ length: 16 }, () => writeMissingSecrets({ path, names: ['RACE_A', 'RACE_B'] })),
    );
    expect(all.filter((added) => added.length > 0)).toEqual([['RACE_A', 'RACE_B']]);
    expect(readFileSync(path, 'utf8')).toMatch(/^RACE_A=[\w-]{43}\nRACE_B=[\w-]{43}\n$/);
    expect(readdirSync(directory).filter((name) => name.startsWith('.env.race.'))).toEqual([]);
  });

  it('is not written through a link', async () => {
    const path = join(directory, '.env.link');
    symlinkSync(join(directory, 'elsewhere'), path);
    await expect(writeMissingSecrets({ path, names: ['X_SECRET'] })).rejects.toMatchObject({
      code: 'SECRETS_FILE',
      exitCode: 73,
    });
  });
});
