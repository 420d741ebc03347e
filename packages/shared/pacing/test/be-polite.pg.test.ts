import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bePolite } from '../src/index.ts';

let database: TestDatabase;
let role: string;
beforeAll(async () => {
  database = await createTestDatabase();
  role = `${database.name}_lowly`;
  await database.session((session) => session.execute(`CREATE ROLE ${role}`));
});
afterAll(async () => {
  await database.session((session) => session.execute(`DROP ROLE ${role}`));
  await database.drop();
});

/** The settings of a session that is polite, after others were set. */
const settingsAfter = (before: string) =>
  database.session(async (session) => {
    await session.execute(before);
    await bePolite(session);
    const [row] = await session.query(
      `SELECT current_setting('synchronous_commit') AS commit, current_setting('max_parallel_workers_per_gather') AS workers,
              current_setting('wal_compression') AS compression`,
    );
    return row;
  });

it('a session that writes much does not wait for the disk, takes one process, and compresses its WAL', async () => {
  expect(await settingsAfter('SET wal_compression = off')).toMatchObject({ commit: 'off', workers: '0' });
  expect(await settingsAfter('SET wal_compression = off')).toMatchObject({
    compression: expect.stringMatching(/^(lz4|on|pglz)$/),
  });
});

it('compression that somebody chose stays, and so does none where the role may not choose', async () => {
  expect(await settingsAfter('SET wal_compression = on')).toMatchObject({
    compression: expect.stringMatching(/^(on|pglz)$/),
  });
  expect(await settingsAfter(`SET wal_compression = off; SET ROLE ${role}`)).toMatchObject({
    commit: 'off',
    compression: 'off',
  });
});
