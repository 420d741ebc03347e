import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  beginRun,
  closeDeadRuns,
  finishRun,
  migrateLedger,
  type RunIntent,
  recentRuns,
  requireEnvironment,
  setEnvironment,
  withDomainLock,
} from '../src/index.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const intent: RunIntent = {
  id: 'run-1',
  domain: 'db',
  task: 'db:seed',
  effect: 'write',
  dryRun: false,
  environment: 'local',
  arguments: {},
  actor: 'ana',
  host: 'web-1',
  ciJob: undefined,
  gitCommit: undefined,
};

describe('the ledger', () => {
  it('refuses a target that was never set up, and names the remedy', async () => {
    const fresh = await createTestDatabase();
    await expect(fresh.session((session) => requireEnvironment(session, 'local'))).rejects.toMatchObject({
      code: 'TARGET_NOT_SET_UP',
      exitCode: 78,
    });
    await fresh.drop();
  });

  it('comes to its version once when eight start at once', async () => {
    const fresh = await createTestDatabase();
    const steps = await Promise.all(Array.from({ length: 8 }, () => fresh.session(migrateLedger)));
    expect(steps.filter((taken) => taken > 0)).toHaveLength(1);
    await fresh.drop();
  });

  it('calls a check with findings what it is, also in records from before it had the word', async () => {
    const fresh = await createTestDatabase();
    await fresh.session(async (session) => {
      await migrateLedger(session);
      // As version 7 left it.
      await session.execute(`
        DELETE FROM ops.version WHERE version >= 8;
        ALTER TABLE ops.run DROP CONSTRAINT run_outcome_check;
        ALTER TABLE ops.run ADD CONSTRAINT run_outcome_check
          CHECK (outcome IN ('ok', 'changed', 'failed', 'refused', 'interrupted'))`);
      const ends = [
        ['clean', 'ok', 0],
        ['found', 'ok', 1],
        ['broke', 'failed', 1],
      ] as const;
      for (const [id, outcome, exitCode] of ends) {
        await beginRun(session, { ...intent, id });
        await finishRun(session, id, { outcome, exitCode, counts: {}, summary: '', error: undefined });
      }
      await migrateLedger(session);
      const runs = await recentRuns(session, 9);
      expect(new Map(runs.map(({ id, outcome }) => [id, outcome]))).toEqual(
        new Map([
          ['broke', 'failed'],
          ['found', 'findings'],
          ['clean', 'ok'],
        ]),
      );
    });
    await fresh.drop();
  });

  it('keeps the environment it was given first', async () => {
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

  it('closes a run that died as interrupted, and leaves finished ones alone', async () => {
    await database.session(async (session) => {
      await beginRun(session, { ...intent, id: 'run-2' });
      await finishRun(session, 'run-2', {
        outcome: 'changed',
        exitCode: 0,
        counts: { insert: 2 },
        summary: 'two',
        error: undefined,
      });
      await closeDeadRuns(session, 'db', 'run-3');
      const runs = await recentRuns(session, 10);
      expect(runs.map(({ id, outcome }) => [id, outcome])).toEqual([
        ['run-2', 'changed'],
        ['run-1', 'interrupted'],
      ]);
    });
  });
});
