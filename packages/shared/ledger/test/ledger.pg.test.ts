import { describe, expect, it } from 'vitest';
import {
  beginRun,
  closeDeadRuns,
  finishRun,
  migrateLedger,
  recentRuns,
  requireEnvironment,
  setEnvironment,
  withDomainLock,
} from '../src/index.ts';
import { freshDatabase, intent } from './support.ts';

const changed = { outcome: 'changed', exitCode: 0, counts: { insert: 2 }, summary: 'two', error: undefined } as const;

describe('the ledger', () => {
  it('refuses a target that was never set up, and names the remedy', async () => {
    const database = await freshDatabase();
    await expect(database.session((session) => requireEnvironment(session, 'local'))).rejects.toMatchObject({
      code: 'TARGET_NOT_SET_UP',
      exitCode: 78,
      hint: expect.stringContaining('pnpm --filter setup run database --env local'),
    });
  });

  it('keeps the environment it was given first', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await migrateLedger(session);
      expect(await setEnvironment(session, 'local', 'ana')).toBe(true);
      expect(await setEnvironment(session, 'local', 'ben')).toBe(false);
      await expect(setEnvironment(session, 'production', 'ben')).rejects.toMatchObject({
        code: 'WRONG_ENVIRONMENT',
        exitCode: 77,
      });
      expect(await session.query('SELECT name, set_by FROM ops.environment')).toEqual([
        { name: 'local', set_by: 'ana' },
      ]);
    });
  });

  it('gives one holder the lock, names it to the next, and frees it with its connection', async () => {
    const database = await freshDatabase();
    await database.session((session) => migrateLedger(session));
    await database.session((holder) =>
      withDomainLock(holder, 'db', { wait: 0 }, async () => {
        await beginRun(holder, intent);
        const second = database.session((session) =>
          withDomainLock(session, 'db', { wait: 200 }, async () => 'got it'),
        );
        await expect(second).rejects.toMatchObject({
          code: 'LOCK_HELD',
          exitCode: 75,
          message: expect.stringMatching(/db:seed \(run run-1\) of ana on web-1 since 20/),
        });
        await expect(
          database.session((session) => withDomainLock(session, 'users', { wait: 0 }, async () => 'other domain')),
        ).resolves.toBe('other domain');
      }),
    );
    await expect(
      database.session((session) => withDomainLock(session, 'db', { wait: 0 }, async () => 'free')),
    ).resolves.toBe('free');
  });

  it('closes the runs of its domain that died as interrupted, and leaves all others alone', async () => {
    const database = await freshDatabase();
    await database.session(async (session) => {
      await migrateLedger(session);
      await beginRun(session, { ...intent, id: 'died' });
      await beginRun(session, { ...intent, id: 'other domain', domain: 'users' });
      await beginRun(session, { ...intent, id: 'read', effect: 'read' });
      await beginRun(session, { ...intent, id: 'tried', dryRun: true });
      await beginRun(session, { ...intent, id: 'ended' });
      await finishRun(session, 'ended', changed);
      await beginRun(session, { ...intent, id: 'mine' });
      expect(await closeDeadRuns(session, 'db', 'mine')).toBe(1);
      const runs = await recentRuns(session, 10);
      expect(Object.fromEntries(runs.map(({ id, outcome }) => [id, outcome]))).toEqual({
        died: 'interrupted',
        'other domain': null,
        read: null,
        tried: null,
        ended: 'changed',
        mine: null,
      });
      expect(runs.find(({ id }) => id === 'died')!.error).toMatchObject({
        code: 'DIED',
        message: expect.stringContaining('noticed by run mine'),
      });
    });
  });
});
