import type { TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listServiceAccounts, revokeServiceAccount, verifyKey } from '../src/index.ts';
import { base, day, keyOf, keys, name, provision, read, reason, rotate, vault, write } from './one-service-account.ts';
import { createAccountsDatabase, emptyTables, refusal, settings } from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createAccountsDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.session(emptyTables));

describe('provisionServiceAccount', () => {
  it('makes the account and one key that works, and nothing more the second time', () =>
    database.session(async (session) => {
      const first = await provision(session, { lifetime: 90 * day });
      expect(first.changes.map(({ action }) => action)).toEqual(['create', 'issue']);
      expect(await verifyKey(session, keyOf(first), read)).toMatchObject({ ok: true, account: name, scopes: [read] });
      const second = await provision(session, { lifetime: 90 * day });
      expect(second).toMatchObject({ changes: [] });
      expect(second).not.toHaveProperty('reveal');
      expect(await keys(session)).toEqual([{ days: 90, delivered: true, revoked: false }]);
    }));

  it('stores of the key its SHA-256 and the public id, nothing else', () =>
    database.session(async (session) => {
      const key = keyOf(await provision(session));
      const [row] = await session.query<{ text: string; right: boolean }>(
        'SELECT k::text AS text, sha256 = sha256(convert_to($1, $2)) AS right FROM service_account_keys k',
        [key, 'utf8'],
      );
      expect(row!.right).toBe(true);
      expect(row!.text).toContain(key.slice(4, 14));
      expect(row!.text).not.toContain(key.slice(14, 30));
    }));

  it('shows what differs, applies it, and issues no key for it', () =>
    database.session(async (session) => {
      const key = keyOf(await provision(session));
      const change = { scopes: [write], lifetime: 30 * day };
      const { changes: planned } = await provision(session, { ...change, dryRun: true });
      expect(await reason(session, key)).toBe('ok');
      const { changes } = await provision(session, change);
      expect(changes).toEqual(planned);
      expect(changes.map(({ action, object }) => `${action} ${object}`)).toEqual([
        `grant ${write} to importer`,
        `withdraw ${read} from importer`,
        expect.stringMatching(/^set the expiry of importer's keys to 30d; \w{10} until 20/),
      ]);
      expect([await reason(session, key), await reason(session, key, write)]).toEqual(['scope', 'ok']);
      expect(await keys(session)).toEqual([{ days: 30, delivered: true, revoked: false }]);
    }));

  it('keeps an expiry that is not mentioned, and lifts it when told', () =>
    database.session(async (session) => {
      await provision(session, { lifetime: 30 * day });
      expect(await provision(session)).toMatchObject({ changes: [] });
      const { changes } = await provision(session, { lifetime: 'never' });
      expect(changes).toMatchObject([{ action: 'lift' }]);
      expect(await keys(session)).toMatchObject([{ days: null }]);
    }));

  it('does not end a key by a shorter lifetime, but says to rotate first', () =>
    database.session(async (session) => {
      await provision(session, { lifetime: 30 * day });
      await session.execute("UPDATE service_account_keys SET created_at = now() - interval '10 days'");
      const { code, text } = await refusal(() => provision(session, { lifetime: 5 * day }));
      expect(code).toBe('KEY_WOULD_END');
      expect(text).toContain('rotate-service-account --name importer');
      expect(await keys(session)).toMatchObject([{ days: 30 }]);
    }));

  it('makes one account and one key when 16 begin at once, and none of them fails', async () => {
    const done = await Promise.all(Array.from({ length: 16 }, () => database.session((session) => provision(session))));
    const [winner, ...others] = done.filter(({ reveal }) => reveal !== undefined);
    expect(others).toEqual([]);
    await database.session(async (session) => {
      expect(await keys(session)).toHaveLength(1);
      expect(await reason(session, keyOf(winner!))).toBe('ok');
    });
  });

  it('hands the key to a sink and to nobody else', () =>
    database.session(async (session) => {
      const { kept, delivery } = vault();
      expect(await provision(session, { delivery })).not.toHaveProperty('reveal');
      expect(await reason(session, kept[0]!)).toBe('ok');
      expect(await keys(session)).toMatchObject([{ delivered: true }]);
    }));

  it('revokes the key again when the sink fails, and says so', () =>
    database.session(async (session) => {
      const { exit, text } = await refusal(() => provision(session, { delivery: vault(true).delivery }));
      expect(exit).toBe('remote');
      expect(text).toMatch(
        /the vault is sealed; key \w{10} was revoked again\n.*rotate-service-account --name importer/,
      );
      expect(await keys(session)).toEqual([{ days: null, delivered: false, revoked: true }]);
    }));

  it('after a run that died before it gave the key to anybody, revokes that one and issues another', () =>
    database.session(async (session) => {
      const lost = keyOf(await provision(session));
      await session.execute('UPDATE service_account_keys SET delivered_at = NULL');
      const { kept, delivery } = vault();
      const { changes } = await provision(session, { delivery });
      expect(changes.map(({ action }) => action)).toEqual(['revoke', 'issue']);
      expect([await reason(session, lost), await reason(session, kept[0]!)]).toEqual(['revoked', 'ok']);
      expect(await provision(session, { delivery })).toMatchObject({ changes: [] });
    }));

  it('brings a revoked account back only when told, and with a new key', () =>
    database.session(async (session) => {
      const old = keyOf(await provision(session));
      await revokeServiceAccount(session, base);
      const { code, text } = await refusal(() => provision(session));
      expect(code).toBe('SERVICE_ACCOUNT_REVOKED');
      expect(text).toContain(`--scope ${read} --reinstate`);
      const back = await provision(session, { reinstate: true });
      expect([await reason(session, old), await reason(session, keyOf(back))]).toEqual(['revoked', 'ok']);
    }));
});

describe('revokeServiceAccount', () => {
  it('ends every key, twice the same as once, and deletes no row', () =>
    database.session(async (session) => {
      const one = keyOf(await provision(session));
      const two = keyOf(await rotate(session));
      expect((await revokeServiceAccount(session, { ...base, dryRun: true })).changes).toHaveLength(3);
      expect(await reason(session, two)).toBe('ok');
      expect((await revokeServiceAccount(session, base)).changes).toHaveLength(3);
      expect([await reason(session, one), await reason(session, two)]).toEqual(['revoked', 'revoked']);
      expect(await revokeServiceAccount(session, base)).toMatchObject({ changes: [] });
      expect(await keys(session)).toHaveLength(2);
    }));

  it('ends one key and leaves the other', () =>
    database.session(async (session) => {
      const one = keyOf(await provision(session));
      const two = keyOf(await rotate(session));
      await revokeServiceAccount(session, { ...base, keyId: one.slice(4, 14) });
      expect([await reason(session, one), await reason(session, two)]).toEqual(['revoked', 'ok']);
      expect(await refusal(() => revokeServiceAccount(session, { ...base, keyId: '../x' }))).toMatchObject({
        code: 'KEY_UNKNOWN',
      });
    }));
});

describe('listServiceAccounts', () => {
  it('shows last use and expiry, and finds what is about to end or has', () =>
    database.session(async (session) => {
      const key = keyOf(await provision(session, { lifetime: 10 * day }));
      await provision(session, { name: 'lasting' });
      await provision(session, { name: 'keyless', delivery: 'none' });
      await provision(session, { name: 'gone', lifetime: day });
      await revokeServiceAccount(session, { ...base, name: 'gone' });
      await verifyKey(session, key, read);
      const accounts = await listServiceAccounts(session, { settings, within: 14 * day });
      expect(accounts.map((account) => [account.name, account.finding ?? ''])).toEqual([
        ['gone', ''],
        ['importer', expect.stringMatching(/^its key ends at 20/)],
        ['keyless', 'it has no valid key'],
        ['lasting', ''],
      ]);
      const lastUsed = accounts.find((account) => account.name === name)!.keys[0]!.lastUsed!;
      expect(Date.now() - lastUsed.getTime()).toBeLessThan(60_000);
      expect((await listServiceAccounts(session, { settings, within: 5 * day }))[1]!.finding).toBeUndefined();
    }));

  it('finds nothing about an old key that ends beside its successor', () =>
    database.session(async (session) => {
      await provision(session);
      await rotate(session);
      const [account] = await listServiceAccounts(session, { settings, within: 14 * day });
      expect(account).toMatchObject({ finding: undefined, keys: [{ state: 'valid' }, { state: 'valid' }] });
    }));
});
