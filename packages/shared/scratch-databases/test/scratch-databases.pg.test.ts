import { withSession } from '@opsgraph/postgres';
import { type Secret, secretUrl } from '@opsgraph/secrets';
import { startTestCluster, type TestCluster } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scratchName, sweepScratchDatabases, withScratchDatabase } from '../src/index.ts';

let cluster: TestCluster;
const settings = (url: Secret) => ({
  url,
  applicationName: 'test',
  lockTimeout: 0,
  statementTimeout: 60_000,
  connectTimeout: 5000,
});
const admin = <T>(work: Parameters<typeof withSession<T>>[1]) => withSession(settings(cluster.url), work);
const as = (user: string, database: string) => {
  const url = new URL(cluster.url.reveal());
  Object.assign(url, { username: user, password: 'pw', pathname: `/${database}` });
  return settings(secretUrl('url', url.href));
};
const scratches = () =>
  admin((session) =>
    session.query<{ datname: string }>("SELECT datname FROM pg_database WHERE datname ~ '^opsgraph_scratch_'"),
  );

// A cluster of its own: a sweep must not meet the scratch databases of other test files.
beforeAll(async () => {
  cluster = await startTestCluster();
  await admin(async (session) => {
    await session.execute("CREATE ROLE poor LOGIN PASSWORD 'pw'; CREATE ROLE maker LOGIN CREATEDB PASSWORD 'pw'");
    await session.execute('CREATE DATABASE poor_one OWNER poor');
    await session.execute('ALTER DATABASE poor_one SET search_path = app, "Odd", public');
    await session.execute('CREATE DATABASE made OWNER maker');
  });
});
afterAll(() => cluster.remove());

it('is made, is owned by the user of the target, and is gone afterwards', async () => {
  const name = await withScratchDatabase({ target: as('maker', 'made') }, async (scratch) =>
    withSession(scratch, async (session) => {
      await session.execute('CREATE TABLE t ()');
      expect(await scratches()).toEqual([{ datname: session.server.database }]);
      return session.server.database;
    }),
  );
  expect(name).toMatch(/^opsgraph_scratch_\d+_/);
  expect(await scratches()).toEqual([]);
});

it('is gone also when the work fails', async () => {
  const failing = withScratchDatabase({ target: as('maker', 'made') }, async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await scratches()).toEqual([]);
});

it('says who may not, and how they may', async () => {
  await expect(withScratchDatabase({ target: as('poor', 'poor_one') }, async () => 1)).rejects.toMatchObject({
    code: 'SCRATCH_DENIED',
    exitCode: 77,
    hint: expect.stringContaining('ALTER ROLE "poor" CREATEDB'),
  });
});

it('is made by the admin for a user who may not, with the settings of the target', async () => {
  await withScratchDatabase({ target: as('poor', 'poor_one'), adminUrl: cluster.url }, (scratch) =>
    withSession(scratch, async (session) => {
      expect(await session.query("SELECT current_setting('search_path') AS path, current_user::text AS who")).toEqual([
        { path: 'app, "Odd", public', who: 'poor' },
      ]);
      await session.execute('CREATE TABLE public.t ()');
    }),
  );
  expect(await scratches()).toEqual([]);
});

it('that a killed run left is swept by the next one; a young one and one in use stay', async () => {
  const now = Date.now() / 1000;
  const [left, young, used] = [scratchName(now - 3600), scratchName(now), scratchName(now - 7200)] as const;
  await admin(async (session) => {
    for (const name of [left, young, used]) await session.execute(`CREATE DATABASE ${name} OWNER maker`);
    await session.execute('CREATE DATABASE opsgraph_scratch_of_mine');
  });
  await withSession(as('maker', used), async () => {
    await withScratchDatabase({ target: as('maker', 'made') }, async () => {});
    const names = (await scratches()).map(({ datname }) => datname);
    expect(names).not.toContain(left);
    expect(names).toEqual(expect.arrayContaining([young, used, 'opsgraph_scratch_of_mine']));
  });
  await admin(async (session) => {
    expect(await sweepScratchDatabases(session)).toEqual([used]);
    await session.execute(`DROP DATABASE ${young}`);
    await session.execute('DROP DATABASE opsgraph_scratch_of_mine');
  });
});
