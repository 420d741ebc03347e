import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { modestSettings } from '@opsgraph/local-postgres';
import { seededRandom, startTestCluster, type TestCluster } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChild } from './kill-often.ts';
import { createProjectOn, type Project } from './project.ts';

const rows = 60_000;
const crashes = 3;
let cluster: TestCluster;
let project: Project;

// A cluster of its own, which keeps what it says is committed.
beforeAll(async () => {
  cluster = await startTestCluster(modestSettings);
  project = await createProjectOn(cluster);
  await project.query(
    `CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0);
     INSERT INTO t (id) SELECT n FROM generate_series(1, ${rows}) AS n; CREATE TABLE log (id bigint NOT NULL)`,
  );
});
afterAll(async () => {
  await project.remove();
  await cluster.remove();
});

it('a server that crashes amidst loses no row and does none twice, and what it called done stays done', {
  timeout: 240_000,
}, async () => {
  await project.define(
    'count',
    `table: 't', key: 'id', rows: 'true', done: 'every-row-visited',
     work: 'WITH counted AS (UPDATE t SET times = times + 1 WHERE id = ANY($1) RETURNING id) INSERT INTO log SELECT id FROM counted'`,
  );
  const random = seededRandom();
  for (let crash = 1; crash <= crashes; crash += 1) {
    const child = startChild(project, { batchTime: 5, load: 50 }, 'ignore');
    const ended = once(child, 'close');
    await once(child.stdout!, 'data');
    await sleep(random() * 300);
    expect(child.exitCode, 'the table is too small for so many crashes').toBeNull();
    await crashAndRecover();
    await ended;
    await expectAsFarAs(await visited());
  }
  expect(await visited()).toBeLessThan(rows);
  expect(await project.run({ batchTime: 5 })).toMatchObject({ results: [{ name: 'count' }] });
  await crashAndRecover();
  expect(await project.query('SELECT state FROM ops.backfill')).toEqual([{ state: 'done' }]);
  await expectAsFarAs(rows);
});

async function crashAndRecover(): Promise<void> {
  await cluster.stop('immediate');
  await cluster.start();
}

async function visited(): Promise<number> {
  const [record] = await project.query('SELECT visited FROM ops.backfill');
  return (record?.['visited'] as number | undefined) ?? 0;
}

/** The rows to there are done once, those behind it not at all. */
async function expectAsFarAs(last: number): Promise<void> {
  const [found] = await project.query(
    `SELECT count(*) FILTER (WHERE times = 1 AND id <= ${last}) AS once, sum(times) AS times,
            (SELECT count(*) FROM log) AS entries, (SELECT count(DISTINCT id) FROM log) AS ids FROM t`,
  );
  expect(found).toEqual({ once: last, times: last, entries: last, ids: last });
}
