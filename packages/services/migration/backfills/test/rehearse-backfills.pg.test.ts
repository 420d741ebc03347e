import { expect, it } from 'vitest';
import { reportRehearsed } from '../src/command/report.ts';
import { rehearseBackfills } from '../src/run/rehearse-backfills.ts';
import { useBackfill } from './use-backfill.ts';

const project = useBackfill();

const warned = async (): Promise<boolean> => {
  const rehearsed = await project.session((session) => rehearseBackfills(session, project.input()));
  return reportRehearsed(rehearsed).lines!.some((line) => line.includes('no index gives the rows'));
};

it.each([
  ['an index', 'CREATE UNIQUE INDEX ON t (a, b)', false],
  ['an index that goes up and down', 'CREATE UNIQUE INDEX ON t (a, b DESC)', true],
])('a small table that was just made has %s, whatever the planner would rather do', async (_what, keys, isWarned) => {
  await project.query(
    `CREATE TABLE t (a int NOT NULL, b int NOT NULL, times int); ${keys}; INSERT INTO t (a, b) VALUES (1, 1), (2, 1)`,
  );
  await project.define(
    'small',
    "table: 't', key: ['a', 'b'], rows: 'true', set: 'times = 1', done: 'every-row-visited'",
  );
  expect(await warned()).toBe(isWarned);
});
