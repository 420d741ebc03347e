import { describe, expect, it } from 'vitest';
import { useBackfill } from './use-backfill.ts';

const project = useBackfill(
  `CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0);
   INSERT INTO t (id) SELECT n FROM generate_series(1, 5000) AS n`,
);

const times = () => project.query('SELECT times, count(*) AS rows FROM t GROUP BY times ORDER BY times DESC');
const record = () => project.query('SELECT state, cursor, visited, worked, pass_worked, batches FROM ops.backfill');

/** What went wrong is far behind the first batch, which is done step by step. */
describe('a batch in few questions', () => {
  it.each([
    [
      'a key that moves',
      "rows: 'true', set: 'times = times + 1, id = CASE WHEN id = 3000 THEN 9000 ELSE id END', done: 'every-row-visited'",
      { code: 'BACKFILL_KEY_MOVED', message: expect.stringContaining('changes the key of 1 rows') },
    ],
    [
      'a row that still wants work',
      "rows: 'times = 0', set: 'times = (id <> 3000)::integer', done: 'no-row-left'",
      { code: 'BACKFILL_WITHOUT_EFFECT', message: expect.stringContaining('1 rows still match') },
    ],
    [
      'a division by zero of its own',
      "rows: 'true', set: 'times = times + 1 + 0 / (id - 3000)', done: 'every-row-visited'",
      { code: 'BACKFILL_FAILED', message: expect.stringContaining('division by zero') },
    ],
  ])('is rolled back by %s, and what was before it stands', async (_, fields, error) => {
    await project.define('fill', `table: 't', key: 'id', ${fields}`);
    await expect(project.run({ batchTime: 1 })).rejects.toMatchObject(error);
    const [{ cursor, worked, batches }] = (await record()) as [{ cursor: string[]; worked: number; batches: number }];
    expect(batches).toBeGreaterThan(1);
    expect(worked).toBe(Number(cursor[0]));
    expect(worked).toBeLessThan(3000);
    expect(await times()).toEqual([
      { times: 1, rows: worked },
      { times: 0, rows: 5000 - worked },
    ]);
  });

  it('reads the tables of the project, whatever they are called', async () => {
    await project.query(
      ['claimed', 'touched', 'counted']
        .map((name) => `CREATE TABLE ${name} AS SELECT id FROM t WHERE id % 1000 = 0`)
        .join(';'),
    );
    const rows = ['claimed', 'touched', 'counted'].map((name) => `id IN (SELECT id FROM ${name})`).join(' AND ');
    await project.define('fill', `table: 't', key: 'id', rows: '${rows}', set: 'times = 1', done: 'every-row-visited'`);
    await project.run({ batchTime: 1 });
    expect(await times()).toEqual([
      { times: 1, rows: 5 },
      { times: 0, rows: 4995 },
    ]);
  });

  it.each(['t', 'last'])('sees a row that a trigger of %s keeps as it is: there is still one left', async (table) => {
    await project.query(
      `CREATE TABLE parts (LIKE t INCLUDING ALL) PARTITION BY RANGE (id); CREATE TABLE last PARTITION OF parts FOR VALUES FROM (2000) TO (9000);
       CREATE TABLE first PARTITION OF parts FOR VALUES FROM (0) TO (2000); INSERT INTO parts TABLE t;
       CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN CASE WHEN NEW.id <> 3000 THEN NEW END; END';
       CREATE TRIGGER keep BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION keep()`,
    );
    const name = table === 't' ? 't' : 'parts';
    await project.define(
      'fill',
      `table: '${name}', key: 'id', rows: 'times = 0', set: 'times = 1', done: 'no-row-left'`,
    );
    await expect(project.run({ batchTime: 1 })).rejects.toMatchObject({ code: 'BACKFILL_WITHOUT_EFFECT' });
    await project.query(
      `DROP TRIGGER keep ON ${table}; CREATE TRIGGER keep BEFORE UPDATE ON ${table} FOR EACH ROW WHEN (NEW.id < 0) EXECUTE FUNCTION keep()`,
    );
    await project.run({ batchTime: 1 });
    expect(await project.query(`SELECT count(*) AS rows FROM ${name} WHERE times = 0`)).toEqual([{ rows: 0 }]);
  });

  it('counts each row once though others write into its record all the time', async () => {
    await project.define(
      'fill',
      "table: 't', key: 'id', rows: 'id % 2 = 0', set: 'times = times + 1', done: 'every-row-visited'",
    );
    let isEnded = false;
    let writes = 0;
    const other = project.session(async (session) => {
      while (!isEnded) writes += await session.execute('UPDATE ops.backfill SET touched_at = clock_timestamp()');
    });
    await project.run({ batchTime: 1, load: 50 });
    isEnded = true;
    await other;
    expect(writes).toBeGreaterThan(20);
    expect(await times()).toEqual([
      { times: 1, rows: 2500 },
      { times: 0, rows: 2500 },
    ]);
    expect(await record()).toMatchObject([{ state: 'done', visited: 5000, worked: 2500, pass_worked: 2500 }]);
  });

  it.each([["set: 'times = times + 1'"], ["work: 'UPDATE t SET times = times + 1 WHERE id = ANY($1)'"]])(
    'by %s does nothing when it was paused or moved since it was begun',
    async (way) => {
      const { runQuickBatch } = await import('../src/batch/quick-batch.ts');
      const { loadBackfills } = await import('../src/definition/load-backfills.ts');
      const { readTable } = await import('../src/table/table.ts');
      await project.define('fill', `table: 't', key: 'id', rows: 'true', ${way}, done: 'every-row-visited'`);
      await project.session(async (session) => {
        const [backfill] = await loadBackfills(project.input());
        const table = await readTable(session, backfill!);
        await session.execute(
          `INSERT INTO ops.backfill (name, sha256, table_name, key, bound, batch_size, table_rows, run)
         VALUES ('fill', '', 'public.t', '{id}', '{5000}', 100, 5000, 'test')`,
        );
        const input = {
          backfill: backfill!,
          table,
          run: 'test',
          rows: 100,
          size: 100,
          network: { roundTrip: 0, empty: [] },
        };
        const place = { pass: 1, batches: 0, cursor: null, bound: ['5000'], busy: 0 };
        await session.execute("INSERT INTO ops.backfill_pause (name, paused_by) VALUES ('fill', 'ana')");
        expect(await runQuickBatch(session, input, place)).toBeUndefined();
        await session.execute('TRUNCATE ops.backfill_pause');
        const first = await runQuickBatch(session, input, place);
        expect(first).toMatchObject({ visited: 100, worked: 100, place: { batches: 1, cursor: ['100'] } });
        expect(await runQuickBatch(session, input, place)).toBeUndefined();
        expect(await runQuickBatch(session, input, first!.place)).toMatchObject({ place: { batches: 2 } });
        expect(await runQuickBatch(session, input, { ...first!.place, pass: 2, batches: 2 })).toBeUndefined();
      });
      expect(await times()).toMatchObject([{ times: 1 }, { times: 0 }]);
    },
  );
});
