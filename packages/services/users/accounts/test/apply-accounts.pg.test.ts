import type { Session } from '@opsgraph/postgres';
import { Secret } from '@opsgraph/secrets';
import type { TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ApplyInput, applyAccounts, disableUser, revokeServiceAccount, verifyKey } from '../src/index.ts';
import { createAccountsDatabase, emptyTables, here, refusal, settings } from './support.ts';

let database: TestDatabase;
const kept: string[] = [];
beforeAll(async () => {
  database = await createAccountsDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  kept.length = 0;
  await database.session(emptyTables);
});

const ana = { email: 'Ana@example.org', password: undefined };
const bob = {
  email: 'bob@example.org',
  password: { resolve: async () => new Secret('password', 'correct horse battery') },
};
const importer = { name: 'importer', scopes: ['simulations:write'], expires: undefined, keyTo: 'cmd:vault' };
const reader = { name: 'reader', scopes: ['simulations:read'], expires: 86_400_000, keyTo: undefined };

const apply = (
  session: Session,
  lists: Partial<ApplyInput['settings']> = { administrators: [ana, bob], serviceAccounts: [importer, reader] },
  change: Partial<ApplyInput> = {},
) =>
  applyAccounts(session, {
    ...here,
    settings: { ...settings, administrators: [], serviceAccounts: [], ...lists },
    deliveryTo: () => ({
      to: 'command',
      check: async () => {},
      hand: async (secret) => void kept.push(secret.reveal()),
    }),
    prune: false,
    ...change,
  });
const state = (session: Session) =>
  session.query<{ name: string; active: boolean }>(
    `SELECT email AS name, disabled_at IS NULL AS active FROM users UNION ALL
     SELECT name, revoked_at IS NULL FROM service_accounts ORDER BY name`,
  );

it('makes what is listed, shows no secret, and changes nothing the second time', () =>
  database.session(async (session) => {
    const planned = await apply(session, undefined, { dryRun: true });
    expect(await state(session)).toEqual([]);
    const { changes, lines, findings } = await apply(session);
    expect(changes.map(({ action }) => action)).toEqual(planned.changes.map(({ action }) => action));
    expect([findings, kept.length]).toEqual([undefined, 1]);
    expect(lines).toEqual([
      'Ana@example.org has no password yet: pnpm --filter users run reset-admin --email ana@example.org',
      'reader has no valid key; to issue one: pnpm --filter users run rotate-service-account --name reader',
    ]);
    expect(await verifyKey(session, kept[0], 'simulations:write')).toMatchObject({ ok: true, account: 'importer' });
    expect(await apply(session)).toMatchObject({ changes: [] });
    expect(kept).toHaveLength(1);
  }));

it('says nothing about accounts where none are listed', () =>
  database.session(async (session) => {
    await apply(session);
    expect(await apply(session, {}, { prune: true })).toEqual({
      summary: 'config/local.ts lists no accounts',
      changes: [],
    });
  }));

it('reports what is not listed, and shuts it out only when told', () =>
  database.session(async (session) => {
    await apply(session);
    const fewer = { administrators: [ana], serviceAccounts: [reader] };
    const { changes, lines } = await apply(session, fewer);
    expect(changes).toEqual([]);
    expect(lines).toEqual(
      expect.arrayContaining(['administrator bob@example.org is not listed', 'service account importer is not listed']),
    );
    const planned = await apply(session, fewer, { prune: true, dryRun: true });
    expect(await verifyKey(session, kept[0], 'simulations:write')).toMatchObject({ ok: true });
    expect(await apply(session, fewer, { prune: true })).toMatchObject({ changes: planned.changes });
    expect(await verifyKey(session, kept[0], 'simulations:write')).toMatchObject({ reason: 'revoked' });
    expect(await state(session)).toEqual([
      { name: 'ana@example.org', active: true },
      { name: 'bob@example.org', active: false },
      { name: 'importer', active: false },
      { name: 'reader', active: true },
    ]);
  }));

it('prunes only kinds of which any is listed', () =>
  database.session(async (session) => {
    await apply(session);
    await apply(session, { serviceAccounts: [reader, importer] }, { prune: true });
    expect((await state(session)).every(({ active }) => active)).toBe(true);
  }));

it('lets nobody in again whom a person has shut out: that is a finding, and the rest is done all the same', () =>
  database.session(async (session) => {
    await apply(session, { administrators: [ana, bob], serviceAccounts: [reader] });
    await disableUser(session, { ...here, email: 'ana@example.org' });
    await revokeServiceAccount(session, { ...here, name: 'reader' });
    const { findings, changes, lines } = await apply(session);
    expect(findings).toBe(true);
    expect(changes.map(({ action }) => action)).toEqual(['create', 'issue']);
    expect(lines![0]).toMatch(/^ana@example.org is disabled: .*enable-user/);
    expect(lines![1]).toMatch(/^service account reader was revoked .*--reinstate/);
  }));

it('tells every mistake in the lists before it changes anything', () =>
  database.session(async (session) => {
    const lists = {
      administrators: [bob, { ...bob, email: 'BOB@example.org' }, { ...ana, email: 'nobody' }],
      serviceAccounts: [reader, { ...reader, name: '../x' }, { ...reader, scopes: ['all'] }],
    };
    const { exit, text } = await refusal(() => apply(session, lists));
    expect(exit).toBe('configuration');
    expect(text.split('\n').slice(1, -1)).toEqual([
      expect.stringContaining('"nobody" is not accepted'),
      expect.stringContaining('service account "../x" is not valid'),
      expect.stringContaining('there is no scope "all"'),
      'bob@example.org is listed more than once',
      'reader is listed more than once',
    ]);
    expect(await state(session)).toEqual([]);
  }));
