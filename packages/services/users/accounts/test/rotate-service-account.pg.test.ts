import type { TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { day, keyOf, keys, provision, reason, rotate, vault } from './one-service-account.ts';
import { createAccountsDatabase, emptyTables, refusal } from './support.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createAccountsDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.session(emptyTables));

describe('rotateServiceAccount', () => {
  it('lets both keys work until the deadline, which is never later than the old one had', () =>
    database.session(async (session) => {
      const old = keyOf(await provision(session, { lifetime: 90 * day }));
      const next = await rotate(session);
      expect(next.changes.map(({ action }) => action)).toEqual(['issue', 'end']);
      expect([await reason(session, old), await reason(session, keyOf(next))]).toEqual(['ok', 'ok']);
      expect(await keys(session)).toMatchObject([{ days: 1 }, { days: 90 }]);
      await rotate(session, { overlap: 30 * day });
      expect(await keys(session)).toMatchObject([{ days: 1 }, { days: 30 }, { days: 90 }]);
    }));

  it('ends the old key at once after a leak', () =>
    database.session(async (session) => {
      const old = keyOf(await provision(session));
      const next = keyOf(await rotate(session, { overlap: 'now' }));
      expect([await reason(session, old), await reason(session, next)]).toEqual(['revoked', 'ok']);
    }));

  it('rejects the old key after the deadline', () =>
    database.session(async (session) => {
      const old = keyOf(await provision(session));
      await rotate(session, { overlap: 1 });
      expect(await reason(session, old)).toBe('expired');
    }));

  it('leaves the service with the key it has when the sink fails', () =>
    database.session(async (session) => {
      const old = keyOf(await provision(session));
      await refusal(() => rotate(session, { delivery: vault(true).delivery }));
      expect(await reason(session, old)).toBe('ok');
      expect(await keys(session)).toEqual([
        { days: null, delivered: true, revoked: false },
        { days: null, delivered: false, revoked: true },
      ]);
    }));

  it('revokes a key that a run which died gave to nobody', () =>
    database.session(async (session) => {
      const old = keyOf(await provision(session));
      const lost = keyOf(await rotate(session));
      await session.execute(
        'UPDATE service_account_keys SET delivered_at = NULL WHERE id = (SELECT max(id) FROM service_account_keys)',
      );
      const next = await rotate(session);
      expect(next.changes.map(({ action }) => action)).toEqual(['revoke', 'issue', 'end']);
      expect([await reason(session, old), await reason(session, lost), await reason(session, keyOf(next))]).toEqual([
        'ok',
        'revoked',
        'ok',
      ]);
    }));

  it('ends a leaked key though the sink fails', () =>
    database.session(async (session) => {
      const old = keyOf(await provision(session));
      await refusal(() => rotate(session, { delivery: vault(true).delivery, overlap: 'now' }));
      expect(await reason(session, old)).toBe('revoked');
    }));

  it('changes nothing in a dry run', () =>
    database.session(async (session) => {
      await provision(session);
      const { changes } = await rotate(session, { dryRun: true });
      expect(changes.map(({ action }) => action)).toEqual(['issue', 'end']);
      expect(await keys(session)).toEqual([{ days: null, delivered: true, revoked: false }]);
    }));

  it.each([0, -1, 91 * day])('refuses an overlap of %d ms', (overlap) =>
    database.session(async (session) => {
      await provision(session);
      expect(await refusal(() => rotate(session, { overlap }))).toMatchObject({ code: 'OVERLAP_INVALID' });
    }),
  );

  it('says how to make an account that is not there', () =>
    database.session(async (session) => {
      expect((await refusal(() => rotate(session))).text).toContain('provision-service-account --name importer');
    }));
});
