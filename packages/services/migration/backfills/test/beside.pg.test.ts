import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from '@opsgraph/errors';
import { seededRandom, until } from '@opsgraph/testing';
import { describe, expect, it } from 'vitest';
import { useBackfill } from './use-backfill.ts';

const project = useBackfill(
  `CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0, touched integer NOT NULL DEFAULT 0);
   INSERT INTO t (id) SELECT n * 2 FROM generate_series(1, 30000) AS n`,
  { count: "table: 't', key: 'id', rows: 'true', set: 'times = times + 1', done: 'every-row-visited'" },
);

describe('while others work on the table', () => {
  it('does each row that was there and stayed, once, and keeps what they wrote', async () => {
    let isEnded = false;
    const random = seededRandom();
    const others = project.session(async (session) => {
      while (!isEnded) {
        await sleep(1);
        const id = Math.ceil(random() * 30_000) * 2;
        await session.execute('UPDATE t SET touched = touched + 1 WHERE id = $1', [id]);
        await session.execute('INSERT INTO t (id, touched) VALUES ($1, -1) ON CONFLICT DO NOTHING', [id - 1]);
        await session.execute('DELETE FROM t WHERE id = $1', [((id + 17) % 30_000) * 2]);
      }
    });
    await project.run({ batchTime: 20 });
    isEnded = true;
    await others;
    expect(await project.query('SELECT DISTINCT times FROM t WHERE touched >= 0')).toEqual([{ times: 1 }]);
    // New ones are met when they are ahead of the cursor, and then once.
    expect(await project.query('SELECT count(*) AS rows FROM t WHERE touched = -1 AND times > 1')).toEqual([
      { rows: 0 },
    ]);
    expect((await project.query('SELECT count(*) AS rows FROM t WHERE touched > 0'))[0]!['rows']).toBeGreaterThan(10);
  });

  it('does not run after rows that keep coming behind the end', async () => {
    let isEnded = false;
    let next = 60_001;
    let others: Promise<void> | undefined;
    const insertOn = (): Promise<void> =>
      project.session(async (session) => {
        while (!isEnded) {
          await sleep(1);
          await session.execute('INSERT INTO t (id) SELECT n FROM generate_series($1::int, $2::int) AS n', [
            next,
            next + 999,
          ]);
          next += 1000;
        }
      });
    const info = (): void => {
      others ??= insertOn();
    };
    expect(await project.run({ batchTime: 20, info })).toMatchObject({ results: [{ visited: 30_000 }] });
    isEnded = true;
    await others;
    expect(await project.times()).toMatchObject([{ times: 0 }, { times: 1, rows: 30_000 }]);
  });

  it('tries a batch again with fewer rows when a row in it stays locked', async () => {
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const other = project.session((session) =>
      session.transaction(async () => {
        await session.execute('UPDATE t SET touched = 1 WHERE id = 500');
        locked.resolve();
        await release.promise;
      }),
    );
    await locked.promise;
    const run = project.session(async (session) => {
      await session.execute("SET lock_timeout = '100ms'");
      const { runBackfills } = await import('../src/index.ts');
      return runBackfills(
        session,
        project.input({
          info: (text) => {
            project.said.push(text);
            if (text.includes('at most 4 rows')) release.resolve();
          },
        }),
      );
    });
    expect(await run).toMatchObject({ results: [{ worked: 30_000 }] });
    await other;
    expect(project.said).toContainEqual(expect.stringMatching(/held a lock .*at most 20 rows/));
    expect(await project.times()).toEqual([{ times: 1, rows: 30_000 }]);
    expect(await project.query('SELECT touched FROM t WHERE id = 500')).toEqual([{ touched: 1 }]);
  });
});

describe('two at once', () => {
  it('share the rows: each is done by one of them', async () => {
    const both = await Promise.all([
      project.run({ batchTime: 10, run: 'a' }),
      project.run({ batchTime: 10, run: 'b' }),
    ]);
    const worked = both.map(({ results }) => results[0]!.worked);
    expect(worked[0]! + worked[1]!).toBe(30_000);
    expect(Math.min(...worked)).toBeGreaterThan(0);
    expect(await project.times()).toEqual([{ times: 1, rows: 30_000 }]);
    expect(await project.query('SELECT state, visited, worked FROM ops.backfill')).toEqual([
      { state: 'done', visited: 30_000, worked: 30_000 },
    ]);
  });

  it('with further passes: neither ends it while the other is amid one', async () => {
    await project.define(
      'count',
      "table: 't', key: 'id', rows: 'times = 0', set: 'times = times + 1', done: 'no-row-left'",
    );
    await Promise.all([project.run({ batchTime: 10, run: 'a' }), project.run({ batchTime: 10, run: 'b' })]);
    expect(await project.times()).toEqual([{ times: 1, rows: 30_000 }]);
    expect(await project.query('SELECT state, pass, cursor, pass_visited FROM ops.backfill')).toEqual([
      { state: 'done', pass: 2, cursor: ['60000'], pass_visited: 30_000 },
    ]);
  });
});

describe('a signal', () => {
  it('in the middle of a batch rolls that batch back, and the next run goes on after the one before', async () => {
    const stop = new AbortController();
    const reason = new Interrupted('SIGTERM');
    await project.query(
      `CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
       CREATE TRIGGER slow BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.id = 40000) EXECUTE FUNCTION slow()`,
    );
    const run = project.run({ batchTime: 20 }, stop.signal);
    run.catch(() => {});
    await isSleeping();
    stop.abort(reason);
    await expect(run).rejects.toBe(reason);
    const [record] = await project.query('SELECT state, cursor, worked FROM ops.backfill');
    const { cursor, worked } = record as { cursor: string[]; worked: number };
    expect(worked).toBeGreaterThan(0);
    expect(await project.query('SELECT count(*) AS rows, max(id) AS last FROM t WHERE times = 1')).toEqual([
      { rows: worked, last: Number(cursor[0]) },
    ]);
    await project.query('DROP TRIGGER slow ON t');
    await project.run();
    expect(await project.times()).toEqual([{ times: 1, rows: 30_000 }]);
  });

  it('while it waits ends it at once', async () => {
    const stop = new AbortController();
    await project.query("INSERT INTO ops.backfill_pause (name, paused_by) VALUES ('other', 'ana')");
    const run = project.run(
      { transactionAge: -1, info: (text) => text.includes('waits') && stop.abort(new Error('stopped')) },
      stop.signal,
    );
    const holder = project.session((session) => session.transaction(() => run.catch(() => {})));
    await expect(run).rejects.toThrow('stopped');
    await holder;
    expect(await project.times()).toEqual([{ times: 0, rows: 30_000 }]);
  });
});

async function isSleeping(): Promise<void> {
  const sql = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
  await until(async () => (await project.query(sql)).length > 0);
}
