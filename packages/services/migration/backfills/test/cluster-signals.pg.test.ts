import { modestSettings } from '@opsgraph/local-postgres';
import { withSession } from '@opsgraph/postgres';
import { startTestCluster, type TestCluster, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { BackfillsInput } from '../src/index.ts';
import { createProject, type Project } from './project.ts';
import { openReplica } from './replica.ts';

// A cluster of its own: replicas and archive are of the whole server.
let cluster: TestCluster;
let project: Project;
beforeAll(async () => {
  cluster = await startTestCluster({
    ...modestSettings,
    fsync: 'off',
    archive_mode: 'on',
    archive_command: 'true',
  });
  const settings = {
    url: cluster.url,
    applicationName: 'test',
    lockTimeout: 0,
    statementTimeout: 0,
    connectTimeout: 5000,
  };
  const session: TestDatabase['session'] = (work, overrides) => withSession({ ...settings, ...overrides }, work);
  project = await createProject({ name: 'postgres', url: cluster.url, session, drop: async () => {} });
  await project.define(
    'count',
    "table: 't', key: 'id', rows: 'true', set: 'times = times + 1', done: 'every-row-visited'",
  );
});
afterAll(async () => {
  await project.remove();
  await cluster.remove();
});
beforeEach(() =>
  project.query(
    `DROP TABLE IF EXISTS t; TRUNCATE ops.backfill; CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0);
     INSERT INTO t (id) SELECT n FROM generate_series(1, 20000) AS n`,
  ),
);

const times = () => project.query('SELECT times, count(*) AS rows FROM t GROUP BY times ORDER BY times');

function start(overrides: Partial<BackfillsInput>) {
  const waits = Promise.withResolvers<string>();
  const say = (text: string): void => {
    if (text.startsWith('count waits: ')) waits.resolve(text);
  };
  // Slow enough for the signals, which are looked at twice a second, to be looked at again before the end.
  return { run: project.run({ batchTime: 5, load: 5, ...overrides, say }), waits: waits.promise };
}

it('waits while a replica has too much to replay, and goes on when it has caught up', async () => {
  const replica = await openReplica(project.database.url.reveal(), 'standby-b');
  try {
    const { run, waits } = start({ replicaBytes: 1_000_000 });
    expect(await waits).toMatch(/replica standby-b has [\d.]+ MB of WAL to replay/);
    expect((await times())[0]).toMatchObject({ times: 0 });
    replica.keepUp();
    expect(await run).toMatchObject({ results: [{ worked: 20_000 }] });
    expect(await times()).toEqual([{ times: 1, rows: 20_000 }]);
  } finally {
    await replica.end();
  }
});

it('waits while a replica is too far behind in time', async () => {
  const replica = await openReplica(project.database.url.reveal(), 'standby-c');
  try {
    await project.query('INSERT INTO t SELECT n FROM generate_series(20001, 21000) AS n');
    replica.keepUp();
    // Once it has replied there is a lag as long as there is something to replay, and any is more than none.
    await seen("SELECT FROM pg_stat_replication WHERE application_name = 'standby-c' AND replay_lag > '0'", () =>
      project.query('SELECT txid_current()'),
    );
    let isEnded = false;
    const others = project.session(async (session) => {
      while (!isEnded) await session.query('SELECT txid_current()');
    });
    const { run, waits } = start({ replicaLag: -1 });
    expect(await waits).toMatch(/replica standby-c is 0\.\d+ s behind/);
    isEnded = true;
    await others;
    await replica.end();
    expect(await run).toMatchObject({ results: [{ worked: 21_000 }] });
  } finally {
    await replica.end();
  }
});

it('waits while the archive takes no WAL, and goes on when it does', async () => {
  const archive = (command: string) =>
    project.session(async (session) => {
      await session.execute(`ALTER SYSTEM SET archive_command = '${command}'`);
      await session.execute('SELECT pg_reload_conf()');
    });
  await archive('false');
  for (let segment = 0; segment < 3; segment += 1)
    await project.session(async (session) => {
      await session.execute('CREATE TABLE IF NOT EXISTS w (); ALTER TABLE w RENAME TO w2; DROP TABLE w2');
      await session.execute('SELECT pg_switch_wal()');
    });
  const { run, waits } = start({ walWaiting: 1 });
  expect(await waits).toMatch(/[23] WAL segments wait for the archive/);
  expect(await times()).toEqual([{ times: 0, rows: 20_000 }]);
  await archive('true');
  // The archiver tries a failed segment again only after a minute, unless it is started again.
  await project.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'archiver'");
  expect(await run).toMatchObject({ results: [{ worked: 20_000 }] });
  expect(await times()).toEqual([{ times: 1, rows: 20_000 }]);
});

async function seen(sql: string, meanwhile: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while ((await project.query(sql)).length === 0) {
    if (Date.now() > deadline) throw new Error(`never seen: ${sql}`);
    await meanwhile();
  }
}
