import { migrateLedger } from '@opsgraph/ledger';
import type { ConnectionSettings } from '@opsgraph/postgres';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll } from 'vitest';
import { chapter } from '../src/chapter.ts';

export const expiry = 600;

/** What a run of ana's asks for. */
export function requestOf(id: string, name = 'deployment') {
  return { name, run: { id, actor: 'ana', host: 'laptop' }, place: 'laptop:/checkout', expiry };
}

/** A database with the chapter, for the tests of a file. */
export function useDatabase(): {
  session: TestDatabase['session'];
  connection(): ConnectionSettings;
  over(): Promise<void>;
} {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.session((session) => migrateLedger(session, [chapter]));
  });
  afterAll(() => database.drop());
  return {
    session: (work) => database.session(work),
    connection: () => ({
      url: database.url,
      applicationName: 'leases test',
      lockTimeout: 5000,
      statementTimeout: 10_000,
      connectTimeout: 5000,
    }),
    /** All leases that are held have not been renewed in time. */
    async over() {
      await database.session((session) =>
        session.execute("UPDATE ops.lease SET expires_at = clock_timestamp() - interval '1 s' WHERE run IS NOT NULL"),
      );
    },
  };
}
