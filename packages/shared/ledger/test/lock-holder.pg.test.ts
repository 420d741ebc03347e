import type { Session } from '@opsgraph/postgres';
import { expect, it } from 'vitest';
import { beginRun, finishRun, migrateLedger, withDomainLock } from '../src/index.ts';
import { freshDatabase, intent } from './support.ts';

const ok = { outcome: 'ok', exitCode: 0, counts: {}, summary: '', error: undefined } as const;

it('of several holders names the one of that lock, and of its runs the one that is open', async () => {
  const database = await freshDatabase();
  await database.session((session) => migrateLedger(session));
  const lock = <T>(session: Session, name: string, work: () => Promise<T>) =>
    withDomainLock(session, name, { wait: 0 }, work);
  const begin = (session: Session, id: string, domain: string) =>
    beginRun(session, { ...intent, id, domain, task: `${domain}:task` });
  const refused = (name: string, words: string) =>
    expect(database.session((session) => lock(session, name, async () => {}))).rejects.toMatchObject({
      code: 'LOCK_HELD',
      message: expect.stringContaining(words),
    });
  await database.session((one) =>
    lock(one, 'db', async () => {
      await begin(one, 'first', 'db');
      await database.session((two) =>
        lock(two, 'users', async () => {
          await begin(two, 'second', 'users');
          // Of the connection of the first, begun after all others, and over.
          await begin(one, 'ended', 'db');
          await finishRun(one, 'ended', ok);
          await refused('db', 'db:task (run first)');
          await refused('users', 'users:task (run second)');
          await finishRun(one, 'first', ok);
          await begin(one, 'third', 'db');
          await refused('users', 'users:task (run second)');
        }),
      );
    }),
  );
});
