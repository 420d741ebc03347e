// `pnpm --filter @opsgraph/backfills run kills`: a million rows, killed outright at a hundred random moments.

import { withSession } from '@opsgraph/postgres';
import { startTestCluster, type TestDatabase } from '@opsgraph/testing';
import { killOften } from '../test/kill-often.ts';
import { createProject } from '../test/project.ts';

const rows = 1_000_000;
const kills = 100;
const cluster = await startTestCluster();
const settings = {
  url: cluster.url,
  applicationName: 'kills',
  lockTimeout: 0,
  statementTimeout: 0,
  connectTimeout: 5000,
};
const session: TestDatabase['session'] = (work) => withSession(settings, work);
const project = await createProject({ name: 'postgres', url: cluster.url, session, drop: async () => {} });
let isExact = false;
try {
  await project.query(
    `CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0);
     INSERT INTO t (id) SELECT n FROM generate_series(1, ${rows}) AS n; CREATE TABLE log (id bigint NOT NULL)`,
  );
  await project.define(
    'count',
    `table: 't', key: 'id', rows: 'true', done: 'every-row-visited',
     work: 'WITH counted AS (UPDATE t SET times = times + 1 WHERE id = ANY($1) RETURNING id) INSERT INTO log SELECT id FROM counted'`,
  );
  const begun = performance.now();
  const input = { kills, settings: { batchTime: 100, load: 50 }, within: 400, random: Math.random };
  const result = await killOften(project, input);
  const [table] = await project.query('SELECT count(*) AS rows, min(times) AS least, max(times) AS most FROM t');
  const [log] = await project.query('SELECT count(*) AS entries, count(DISTINCT id) AS ids FROM log');
  const [record] = await project.query('SELECT state, visited, worked, batches FROM ops.backfill');
  isExact =
    result.kills === kills &&
    [table!['rows'], log!['entries'], log!['ids'], record!['worked']].every((count) => count === rows) &&
    [table!['least'], table!['most']].every((times) => times === 1);
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  process.stdout.write(
    `${JSON.stringify({ ...result, seconds, table, log, record })}\n${isExact ? `every row exactly once after ${kills} kills` : 'NOT every row exactly once'}\n`,
  );
} finally {
  await project.remove();
  await cluster.remove();
}
process.exit(isExact ? 0 : 1);
