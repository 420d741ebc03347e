import { afterAll, beforeAll, expect, it } from 'vitest';
import { killOften } from './kill-often.ts';
import { createProject, type Project } from './project.ts';

const rows = 200_000;
let project: Project;
beforeAll(async () => {
  project = await createProject();
  await project.query(
    `CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0);
     INSERT INTO t (id) SELECT n FROM generate_series(1, ${rows}) AS n; CREATE TABLE log (id bigint NOT NULL)`,
  );
});
afterAll(() => project.remove());

it('killed outright at 25 random moments, it does every row exactly once', { timeout: 240_000 }, async () => {
  // Both what it changes in the table and what it writes elsewhere are counted.
  await project.define(
    'count',
    `table: 't', key: 'id', rows: 'true', done: 'every-row-visited',
     work: 'WITH counted AS (UPDATE t SET times = times + 1 WHERE id = ANY($1) RETURNING id) INSERT INTO log SELECT id FROM counted'`,
  );
  const settings = { batchTime: 40, load: 60 };
  expect(await killOften(project, { kills: 25, settings, within: 150, random: Math.random })).toMatchObject({
    kills: 25,
  });
  expect(await project.query('SELECT times, count(*) AS rows FROM t GROUP BY times')).toEqual([{ times: 1, rows }]);
  expect(await project.query('SELECT count(*) AS entries, count(DISTINCT id) AS ids FROM log')).toEqual([
    { entries: rows, ids: rows },
  ]);
  expect(await project.query('SELECT state, visited, worked FROM ops.backfill')).toEqual([
    { state: 'done', visited: rows, worked: rows },
  ]);
});
