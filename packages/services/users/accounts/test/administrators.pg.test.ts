import type { Session } from '@opsgraph/postgres';
import { Secret } from '@opsgraph/secrets';
import { type TestDatabase, untilWaiting } from '@opsgraph/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CredentialSource,
  createAdministrator,
  disableUser,
  enableUser,
  listUsers,
  promoteUser,
  redeemSignInToken,
  resetAdministrator,
  verifyPassword,
} from '../src/index.ts';
import { createAccountsDatabase, emptyTables, here, refusal, settings } from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createAccountsDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.session(emptyTables));

const email = 'ana@example.org';
const generated: CredentialSource = { kind: 'generated', delivery: { to: 'stdout', isLogged: false } };
const link: CredentialSource = { kind: 'link', delivery: { to: 'stdout', isLogged: false } };
const given = (text: string): CredentialSource => ({ kind: 'given', read: async () => new Secret('password', text) });
const create = (session: Session, change: object = {}) =>
  createAdministrator(session, { ...here, email, credential: generated, ...change });
const rows = (session: Session) =>
  session.query<{ email: string; role: string; password_hash: string | null; disabled_at: Date | null }>(
    'SELECT email, role, password_hash, disabled_at FROM users ORDER BY id',
  );
const fits = async (session: Session, password: Secret) =>
  (await verifyPassword((await rows(session))[0]!.password_hash!, password, settings.password)).ok;

describe('createAdministrator', () => {
  it('makes one whose generated password fits the hash that is stored, and returns it once', () =>
    database.session(async (session) => {
      const { reveal, changes } = await create(session, { email: 'Ana@Example.org' });
      expect(changes).toEqual([{ action: 'create', object: `administrator ${email}` }]);
      expect(await rows(session)).toMatchObject([{ email, role: 'admin' }]);
      expect(await fits(session, reveal!.secret)).toBe(true);
      expect(await create(session, { email: ' ANA@example.ORG ' })).toMatchObject({ changes: [] });
      expect(await create(session)).not.toHaveProperty('reveal');
      expect(await rows(session)).toHaveLength(1);
    }));

  it('asks for a password only when it needs one', () =>
    database.session(async (session) => {
      await create(session, { credential: given('correct horse battery') });
      expect(await fits(session, new Secret('password', 'correct horse battery'))).toBe(true);
      const credential: CredentialSource = { kind: 'given', read: () => Promise.reject(new Error('asked in vain')) };
      expect(await create(session, { credential })).toMatchObject({ changes: [] });
    }));

  it('changes nothing in a dry run, nor for a weak password, nor where the secret would be logged', () =>
    database.session(async (session) => {
      expect(await create(session, { dryRun: true })).toMatchObject({ changes: [{ action: 'create' }] });
      const logged = { kind: 'generated', delivery: { to: 'stdout', isLogged: true } };
      expect(await refusal(() => create(session, { credential: logged }))).toMatchObject({ exit: 'refused' });
      expect(await refusal(() => create(session, { credential: given('password') }))).toMatchObject({
        exit: 'badData',
      });
      expect(await rows(session)).toEqual([]);
    }));

  it('leaves an ordinary user alone and says how to promote', () =>
    database.session(async (session) => {
      await session.execute("INSERT INTO users (email) VALUES ('Ana@Example.org')");
      const { code, text } = await refusal(() => create(session));
      expect(code).toBe('USER_NOT_ADMINISTRATOR');
      expect(text).toContain('pnpm --filter users run promote --email Ana@Example.org');
      expect(await rows(session)).toMatchObject([{ role: 'user', password_hash: null }]);
    }));

  it('does not let a disabled administrator in again', () =>
    database.session(async (session) => {
      await create(session);
      await session.execute('UPDATE users SET disabled_at = now()');
      const { code, text } = await refusal(() => create(session));
      expect(code).toBe('USER_DISABLED');
      expect(text).toContain('enable-user --email ana@example.org');
    }));

  it('makes one row when 16 begin at once, and none of them fails', async () => {
    const done = await Promise.all(Array.from({ length: 16 }, () => database.session((session) => create(session))));
    expect(done.filter(({ changes }) => changes.length > 0)).toHaveLength(1);
    const [winner] = done.filter(({ reveal }) => reveal !== undefined);
    await database.session(async (session) => {
      expect(await rows(session)).toHaveLength(1);
      expect(await fits(session, winner!.reveal!.secret)).toBe(true);
    });
  });

  it('takes the password back when nobody could be given it, and says what to do', () =>
    database.session(async (session) => {
      const { OpsError } = await import('@opsgraph/errors');
      const hand = async () => {
        throw new OpsError({ code: 'SECRET_NOT_TAKEN', exit: 'remote', message: 'the vault is sealed' });
      };
      const credential = { kind: 'generated', delivery: { to: 'command', check: async () => {}, hand } };
      const { code, exit, text } = await refusal(() => create(session, { credential }));
      expect([code, exit]).toEqual(['SECRET_NOT_DELIVERED', 'remote']);
      expect(text).toContain('the vault is sealed; a generated password of ana@example.org was revoked');
      expect(text).toContain('reset-admin --email ana@example.org');
      expect(await rows(session)).toMatchObject([{ email, password_hash: null }]);
    }));
});

describe('resetAdministrator', () => {
  it('gives another password, and the old one no longer fits', () =>
    database.session(async (session) => {
      const { reveal: before } = await create(session);
      const { reveal, changes } = await resetAdministrator(session, { ...here, email, credential: generated });
      expect(changes).toEqual([{ action: 'reset', object: `password of ${email}` }]);
      expect([await fits(session, before!.secret), await fits(session, reveal!.secret)]).toEqual([false, true]);
    }));

  it('refuses who is unknown, ordinary or disabled, each with the command that helps', () =>
    database.session(async (session) => {
      const reset = () => refusal(() => resetAdministrator(session, { ...here, email, credential: generated }));
      expect((await reset()).text).toContain('create-admin --email ana@example.org');
      await session.execute('INSERT INTO users (email) VALUES ($1)', [email]);
      expect((await reset()).text).toContain('promote --email ana@example.org');
      await session.execute("UPDATE users SET role = 'admin', disabled_at = now()");
      expect((await reset()).text).toContain('enable-user --email ana@example.org');
    }));
});

describe('a one-time link', () => {
  const page = 'https://simulations.example.org/choose-password';
  const withPage = { ...settings, signIn: { page, lifetime: 3_600_000 } };
  const chosen = new Secret('password', 'correct horse battery');

  it('lets a person choose a password, once', () =>
    database.session(async (session) => {
      const { reveal } = await create(session, { credential: link, settings: withPage });
      const [address, token] = reveal!.secret.reveal().split('#token=');
      expect(address).toBe(page);
      expect(
        await redeemSignInToken(session, token!, new Secret('password', 'short'), settings).catch((e) => e.code),
      ).toBe('PASSWORD_WEAK');
      const redeem = () => database.session((own) => redeemSignInToken(own, token!, chosen, settings));
      for (const fromJson of [[token], { token }, null, 7, `${token}\n`])
        expect(await redeemSignInToken(session, fromJson, chosen, settings)).toBeUndefined();
      // Both have seen the token before either may write.
      const both = await session.transaction(async () => {
        await session.execute('SELECT 1 FROM users FOR UPDATE');
        const redeeming = [redeem(), redeem()];
        await untilWaiting(session, 2);
        return redeeming;
      });
      const found = await Promise.all(both);
      expect(found.filter((address) => address === email)).toHaveLength(1);
      expect(await redeem()).toBeUndefined();
      expect(await fits(session, chosen)).toBe(true);
    }));

  it('ends with its time, with the next one, with another password, and when the user is disabled', () =>
    database.session(async (session) => {
      await create(session, { email: 'other@example.org' });
      const issue = async () => {
        const result = await resetAdministrator(session, { ...here, email, credential: link });
        return result.reveal!.secret.reveal();
      };
      const redeem = (token: string) => redeemSignInToken(session, token, chosen, settings);
      await create(session, { credential: { kind: 'none' } });
      const first = await issue();
      const second = await issue();
      expect(await redeem(first)).toBeUndefined();
      await session.execute("UPDATE users SET reset_token_expires_at = now() - interval '1 second' WHERE email = $1", [
        email,
      ]);
      expect(await redeem(second)).toBeUndefined();
      const third = await issue();
      await resetAdministrator(session, { ...here, email, credential: generated });
      expect(await redeem(third)).toBeUndefined();
      const fourth = await issue();
      await disableUser(session, { ...here, email });
      await enableUser(session, { ...here, email });
      expect(await redeem(fourth)).toBeUndefined();
      expect(await redeem("' OR true; --")).toBeUndefined();
    }));
});

describe('users', () => {
  it('are promoted, disabled and enabled, each twice the same as once, and no row is deleted', () =>
    database.session(async (session) => {
      await create(session, { email: 'other@example.org' });
      await session.execute('INSERT INTO users (email) VALUES ($1)', [email]);
      for (const verb of [promoteUser, disableUser, enableUser]) {
        expect(await verb(session, { ...here, email, dryRun: true })).toMatchObject({ changes: [{ object: email }] });
        expect(await verb(session, { ...here, email: 'ANA@example.org' })).toMatchObject({
          changes: [{ object: email }],
        });
        expect(await verb(session, { ...here, email })).toMatchObject({ changes: [] });
      }
      expect(await rows(session)).toMatchObject([
        { email: 'other@example.org' },
        { email, role: 'admin', disabled_at: null },
      ]);
    }));

  it('can be shut out whatever letters their address has, but not given rights by one that only looks right', () =>
    database.session(async (session) => {
      const lookalike = '\u0430na@example.org';
      await session.execute('INSERT INTO users (email) VALUES ($1)', [lookalike]);
      expect(await refusal(() => promoteUser(session, { ...here, email: lookalike }))).toMatchObject({
        code: 'EMAIL_INVALID',
      });
      expect(await disableUser(session, { ...here, email: lookalike.toUpperCase() })).toMatchObject({
        changes: [{ action: 'disable', object: lookalike }],
      });
      expect(await refusal(() => disableUser(session, { ...here, email: 'ana\u202e@example.org' }))).toMatchObject({
        code: 'EMAIL_INVALID',
      });
    }));

  it('keep one administrator, also when the last two are disabled at once', async () => {
    const emails = ['a@example.org', 'b@example.org'];
    await database.session(async (session) => {
      for (const address of emails) await create(session, { email: address });
    });
    const done = await Promise.allSettled(
      emails.map((address) => database.session((session) => disableUser(session, { ...here, email: address }))),
    );
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('are listed with the state of their password hash, never with the hash', () =>
    database.session(async (session) => {
      await create(session);
      await session.execute(
        `INSERT INTO users (email, password_hash) VALUES ('b@x.org', '$2b$12$abc'), ('c@x.org', NULL)`,
      );
      const { users, total } = await listUsers(session, { settings, administratorsOnly: false, limit: 2 });
      expect(total).toBe(3);
      expect(users).toMatchObject([
        { email, role: 'administrator', password: 'current' },
        { email: 'b@x.org', role: 'user', password: 'foreign' },
      ]);
      const stronger = { ...settings, password: { ...settings.password, passes: 2 } };
      const later = await listUsers(session, { settings: stronger, administratorsOnly: true, limit: 10 });
      expect(later.users).toMatchObject([{ email, password: 'outdated' }]);
      expect(JSON.stringify([users, later])).not.toMatch(/argon2|\$2b/);
    }));
});
