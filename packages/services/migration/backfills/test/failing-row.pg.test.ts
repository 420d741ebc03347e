import { describe, expect, it } from 'vitest';
import { useBackfill } from './use-backfill.ts';

const project = useBackfill(
  `CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0, part integer NOT NULL DEFAULT 1);
   INSERT INTO t (id) SELECT n * 7 FROM generate_series(1, 3000) AS n; UPDATE t SET part = 0 WHERE id = 14007`,
);

const times = () =>
  project.query('SELECT times, count(*) AS rows, max(id) AS last FROM t GROUP BY times ORDER BY times DESC');

describe.each([
  ['set', "set: 'times = times + 1 / part'"],
  ['SQL', "work: 'UPDATE t SET times = times + 1 / part WHERE id = ANY($1)'"],
  [
    'a function',
    `work: async (session, keys) => {
       const ids = keys.map(({ id }) => id);
       const [bad] = await session.query('SELECT id FROM t WHERE part = 0 AND id = ANY($1)', [ids]);
       if (bad) throw new TypeError('division by zero');
       await session.execute('UPDATE t SET times = times + 1 WHERE id = ANY($1)', [ids]);
     }`,
  ],
])('a row that makes its batch fail, by %s', (_way, work) => {
  it('is named, those before it are done once, and the next run goes on with it', async () => {
    await project.define('count', `table: 't', key: 'id', rows: 'true', ${work}, done: 'every-row-visited'`);
    const failure = {
      code: 'BACKFILL_FAILED',
      exitCode: 1,
      message: 'count.ts: division by zero',
      problems: expect.arrayContaining(['in the row id = 14007']),
    };
    await expect(project.run()).rejects.toMatchObject(failure);
    expect(project.said).toEqual(['count: begins with public.t', 'count: division by zero; searching for the row']);
    const before = [
      { times: 1, rows: 2000, last: 14000 },
      { times: 0, rows: 1000, last: 21000 },
    ];
    expect(await times()).toEqual(before);
    await expect(project.run()).rejects.toMatchObject(failure);
    expect(await times()).toEqual(before);
    await project.query('UPDATE t SET part = 1');
    expect(await project.run()).toMatchObject({ results: [{ worked: 1000 }] });
    expect(await times()).toEqual([{ times: 1, rows: 3000, last: 21000 }]);
  });
});

it('an error that comes once only costs some small batches, and all rows are done', async () => {
  await project.query('CREATE SEQUENCE attempts');
  await project.define(
    'count',
    `table: 't', key: 'id', rows: 'true', done: 'every-row-visited', work: async (session, keys) => {
       const [{ n }] = await session.query("SELECT nextval('attempts')::int AS n");
       if (n === 5) throw new Error('a whim');
       await session.execute('UPDATE t SET times = times + 1 WHERE id = ANY($1)', [keys.map(({ id }) => id)]);
     }`,
  );
  expect(await project.run()).toMatchObject({ results: [{ worked: 3000 }] });
  expect(await times()).toEqual([{ times: 1, rows: 3000, last: 21000 }]);
});

it('a statement that a function did not await, and one whose error it swallowed, is told as the cause', async () => {
  for (const statement of [
    "session.execute('SELECT nothing')",
    "await session.execute('SELECT nothing').catch(() => {})",
  ]) {
    await project.define(
      'stray',
      `table: 't', key: 'id', rows: 'true', work: async (session) => { ${statement}; }, done: 'every-row-visited'`,
    );
    await expect(project.run()).rejects.toMatchObject({
      code: 'BACKFILL_FAILED',
      message: 'stray.ts: column "nothing" does not exist',
      problems: ['in the first batch'],
    });
    await project.query('TRUNCATE ops.backfill');
  }
});
