import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type AccountSettings,
  createAdministrator,
  disableUser,
  listUsers,
  provisionServiceAccount,
  resetAdministrator,
} from '../src/index.ts';
import { here, refusal, settings } from './support.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** A table as many projects have it: other names, rights and state as booleans, no columns for tokens. */
const own: AccountSettings = {
  ...settings,
  users: {
    schema: 'Crm',
    table: 'person',
    columns: {
      ...settings.users.columns,
      id: 'uuid',
      email: 'Mail',
      role: 'is_admin',
      passwordHash: 'secret',
      disabledAt: 'locked',
    },
    administrator: 'true',
    ordinary: 'false',
  },
};
const table = `CREATE SCHEMA "Crm"; CREATE TABLE "Crm".person (
  uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(), "Mail" varchar(200) NOT NULL, is_admin boolean NOT NULL DEFAULT false,
  secret text, locked boolean NOT NULL DEFAULT false, created_at timestamp NOT NULL DEFAULT now())`;
const credential = { kind: 'none' } as const;
const input = { ...here, settings: own, email: 'ana@example.org', credential };

it("works on a project's own table, whatever its columns are called and whether they are booleans", () =>
  database.session(async (session) => {
    await session.execute(table);
    await session.execute(`INSERT INTO "Crm".person ("Mail", is_admin) VALUES ('Root@Example.org', true)`);
    await createAdministrator(session, input);
    expect(await createAdministrator(session, input)).toMatchObject({ changes: [] });
    expect(await createAdministrator(session, { ...input, email: 'root@example.org' })).toMatchObject({ changes: [] });
    await disableUser(session, { ...input, email: 'root@example.org' });
    const { users } = await listUsers(session, { settings: own, administratorsOnly: true, limit: 9 });
    expect(users).toMatchObject([
      { email: 'ana@example.org', state: 'active' },
      { email: 'Root@Example.org', state: 'disabled' },
    ]);
  }));

it('makes one administrator also where no unique index is in the way, when 16 begin at once', async () => {
  await database.session((session) => session.execute(table));
  await Promise.all(
    Array.from({ length: 16 }, () => database.session((session) => createAdministrator(session, input))),
  );
  const rows = await database.session((session) => session.query('SELECT 1 FROM "Crm".person'));
  expect(rows).toHaveLength(1);
});

it('needs the columns of the one-time token only when one is wanted', () =>
  database.session(async (session) => {
    await session.execute(table);
    await createAdministrator(session, input);
    const link = { kind: 'link', delivery: { to: 'stdout', isLogged: false } } as const;
    const { code, text } = await refusal(() => resetAdministrator(session, { ...input, credential: link }));
    expect(code).toBe('ACCOUNT_TABLE');
    expect(text).toContain('column reset_token_hash is missing (accounts.users.columns.resetTokenHash)');
    expect(text).toContain('column reset_token_expires_at is missing');
  }));

it('names every column that is missing or of a type that does not fit', () =>
  database.session(async (session) => {
    await session.execute('CREATE TABLE users (id int, email text, disabled_at date)');
    const { exit, text } = await refusal(() => createAdministrator(session, { ...input, settings }));
    expect(exit).toBe('configuration');
    expect(text.split('\n').slice(1, -1)).toEqual([
      'column role is missing (accounts.users.columns.role)',
      'column password_hash is missing (accounts.users.columns.passwordHash)',
      expect.stringMatching(/^column disabled_at has type date, expected timestamp with time zone or/),
      'column created_at is missing (accounts.users.columns.createdAt)',
    ]);
  }));

it('says which columns a new row could not fill', () =>
  database.session(async (session) => {
    await session.execute(table);
    await session.execute('ALTER TABLE "Crm".person ADD tenant int NOT NULL');
    const { text } = await refusal(() => createAdministrator(session, input));
    expect(text).toContain('column tenant (integer) is NOT NULL and has no default');
  }));

it('refuses an address that the table has twice', () =>
  database.session(async (session) => {
    await session.execute(table);
    await session.execute(`INSERT INTO "Crm".person ("Mail") VALUES ('Ana@example.org'), ('ana@example.org')`);
    expect(await refusal(() => createAdministrator(session, input))).toMatchObject({ code: 'EMAIL_AMBIGUOUS' });
  }));

it('says that there is no table, and where its name stands', () =>
  database.session(async (session) => {
    const definition = { name: 'importer', scopes: ['simulations:read'], lifetime: 'keep', delivery: 'none' } as const;
    const { text } = await refusal(() =>
      provisionServiceAccount(session, { ...here, ...definition, reinstate: false }),
    );
    expect(text).toContain('there is no table public.service_accounts');
    expect(text).toContain('accounts.services.table');
  }));
