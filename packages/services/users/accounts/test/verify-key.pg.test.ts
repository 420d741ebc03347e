import type { Secret } from '@opsgraph/secrets';
import type { TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provisionServiceAccount, type Queries, verifyKey } from '../src/index.ts';
import { makeKey } from '../src/keys/key.ts';
import { createAccountsDatabase, here } from './support.ts';

let database: TestDatabase;
let key: string;
beforeAll(async () => {
  database = await createAccountsDatabase();
  const definition = { name: 'importer', scopes: ['simulations:read'], lifetime: 'keep', reinstate: false } as const;
  const delivery = { to: 'stdout', isLogged: false } as const;
  const { reveal } = await database.session((session) =>
    provisionServiceAccount(session, { ...here, ...definition, delivery }),
  );
  key = (reveal!.secret as Secret).reveal();
});
afterAll(() => database.drop());

/** A session that tells which statements it was sent. */
async function watched<T>(work: (queries: Queries, sent: string[]) => Promise<T>): Promise<T> {
  return database.session((session) => {
    const sent: string[] = [];
    const queries: Queries = {
      query: (sql, values) => {
        sent.push(sql);
        return session.query(sql, values);
      },
    };
    return work(queries, sent);
  });
}

describe('verifyKey', () => {
  it('asks the database once, by the unique index, and not for garbage', () =>
    watched(async (queries, sent) => {
      await verifyKey(queries, key, 'simulations:read');
      sent.length = 0;
      expect(await verifyKey(queries, key, 'simulations:read')).toMatchObject({ ok: true });
      expect(sent).toHaveLength(1);
      await database.session(async (session) => {
        await session.execute('SET enable_seqscan = off');
        const plan = await session.query(`EXPLAIN ${sent[0]!.replace('$1', `'x'`)}`);
        expect(JSON.stringify(plan)).toContain('service_account_keys_public_id');
      });
      sent.length = 0;
      for (const presented of [undefined, null, {}, '', 'x'.repeat(1e6), `${key}x`, key.slice(1), "' OR 1=1 --"])
        expect(await verifyKey(queries, presented, 'simulations:read')).toEqual({ ok: false, reason: 'malformed' });
      expect(sent).toEqual([]);
    }));

  it('knows no key that was never issued, nor one with the id of another', () =>
    watched(async (queries) => {
      expect(await verifyKey(queries, makeKey('sim').secret.reveal(), 'simulations:read')).toEqual({
        ok: false,
        reason: 'unknown',
      });
      // As good as one can forge it: the right id and right check digits around another secret.
      const { base62 } = await import('../src/keys/base62.ts');
      const { crc32 } = await import('node:zlib');
      const body = key.slice(0, 14) + 'A'.repeat(30);
      expect(await verifyKey(queries, body + base62(crc32(body)), 'simulations:read')).toEqual({
        ok: false,
        reason: 'unknown',
      });
    }));

  it('writes the last use at most once a minute, also under many requests at once', () =>
    watched(async (queries, sent) => {
      await database.session((session) =>
        session.execute("UPDATE service_account_keys SET last_used_at = now() - interval '61 seconds'"),
      );
      const uses = await Promise.all(
        Array.from({ length: 8 }, () =>
          database.session(async (session) => {
            await verifyKey(session, key, 'simulations:read');
            const [row] = await session.query<{ used: Date }>('SELECT last_used_at AS used FROM service_account_keys');
            return row!.used.getTime();
          }),
        ),
      );
      expect(new Set(uses).size).toBe(1);
      expect(Date.now() - uses[0]!).toBeLessThan(30_000);
      await verifyKey(queries, key, 'simulations:read');
      expect(sent).toHaveLength(1);
    }));

  it('rejects a key whose account was revoked by its row alone', () =>
    database.session(async (session) => {
      const revoke = (at: string) => session.execute(`UPDATE service_accounts SET revoked_at = ${at}`);
      await revoke('now()');
      expect(await verifyKey(session, key, 'simulations:read')).toEqual({ ok: false, reason: 'revoked' });
      await revoke('NULL');
      expect(await verifyKey(session, key, 'simulations:read')).toMatchObject({ ok: true });
    }));

  it('does not wait for somebody who holds the row', async () => {
    await database.session(async (holder) => {
      await holder.execute('UPDATE service_account_keys SET last_used_at = NULL');
      await holder.transaction(async () => {
        await holder.execute('SELECT 1 FROM service_account_keys FOR UPDATE');
        await database.session(
          async (session) => {
            expect(await verifyKey(session, key, 'simulations:read')).toMatchObject({ ok: true });
          },
          { lockTimeout: 500 },
        );
      });
    });
  });
});
