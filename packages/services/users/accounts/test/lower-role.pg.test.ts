import { createTestDatabase, layTraps, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createAdministrator,
  disableUser,
  enableUser,
  listServiceAccounts,
  listUsers,
  promoteUser,
  resetAdministrator,
  revokeServiceAccount,
} from '../src/index.ts';
import { name, provision, rotate } from './one-service-account.ts';
import { here, settings } from './support.ts';

/** Tables of many an older project: ids and names are varchar, so PostgreSQL's own functions need a cast. */
const tables = `
CREATE TABLE users (id varchar(36) PRIMARY KEY DEFAULT gen_random_uuid()::text, email varchar(200) NOT NULL, role varchar(20) DEFAULT 'user',
  password_hash varchar(200), disabled_at timestamptz, created_at timestamptz NOT NULL DEFAULT now(),
  reset_token_hash bytea, reset_token_expires_at timestamptz);
CREATE TABLE service_accounts (id varchar(36) PRIMARY KEY DEFAULT gen_random_uuid()::text, name varchar(63) UNIQUE, scopes varchar[] NOT NULL,
  key_lifetime interval, created_at timestamptz NOT NULL DEFAULT now(), revoked_at timestamptz);
CREATE TABLE service_account_keys (id varchar(36) PRIMARY KEY DEFAULT gen_random_uuid()::text, account_id varchar(36) REFERENCES service_accounts,
  public_id varchar(20) UNIQUE, sha256 bytea, created_at timestamptz NOT NULL DEFAULT now(), delivered_at timestamptz, expires_at timestamptz,
  last_used_at timestamptz, revoked_at timestamptz);
INSERT INTO users (email) VALUES ('Old@Example.org'), ('user@example.org')`;

let database: TestDatabase;
let role: string;
beforeAll(async () => {
  database = await createTestDatabase();
  role = await database.session(async (session) => {
    await session.execute(tables);
    const functions = 'lower upper count now coalesce least extract date_part format_type pg_advisory_xact_lock max';
    return layTraps(session, functions.split(' '));
  });
});
afterAll(async () => {
  await database.drop();
  const cluster = await createTestDatabase();
  await cluster.session((session) => session.execute(`DROP ROLE ${role}`));
  await cluster.drop();
});

it('never calls what a lower role has put beside the functions and operators of PostgreSQL', async () => {
  const password = { kind: 'none' } as const;
  await database.session(async (session) => {
    await createAdministrator(session, { ...here, email: 'ana@example.org', credential: password });
    await promoteUser(session, { ...here, email: 'old@example.org' });
    await resetAdministrator(session, { ...here, email: 'old@example.org', credential: password });
    await disableUser(session, { ...here, email: 'OLD@example.org' });
    await enableUser(session, { ...here, email: 'old@example.org' });
    const { users } = await listUsers(session, { settings, administratorsOnly: false, limit: 9 });
    expect(users.map(({ email, role: is }) => [email, is])).toEqual([
      ['ana@example.org', 'administrator'],
      ['Old@Example.org', 'administrator'],
      ['user@example.org', 'user'],
    ]);
    await provision(session);
    await rotate(session);
    await rotate(session, { overlap: 'now' });
    await revokeServiceAccount(session, { ...here, name });
    expect(await listServiceAccounts(session, { settings, within: 0 })).toMatchObject([{ name }]);
    // The traps are there.
    await expect(session.query("SELECT 1 FROM users WHERE email = 'x'")).rejects.toThrow('trap');
  });
});
