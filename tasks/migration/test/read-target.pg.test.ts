import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTarget } from '../steps/read-target.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const isUtc = () =>
  database.session(
    async (session) => (await readTarget(session, { directories: ['/none'], projectRoot: '/none' })).isUtc,
  );

it('tells the time zone that a migration finds, not that of the session that asks', async () => {
  expect(await isUtc()).toBe(true);
  await database.session((session) => session.execute(`ALTER DATABASE ${database.name} SET TimeZone = 'Asia/Tokyo'`));
  expect(await isUtc()).toBe(false);
});
