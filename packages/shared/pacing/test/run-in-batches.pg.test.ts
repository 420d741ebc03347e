import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Batches, beginPace, type Pace, runInBatches } from '../src/index.ts';
import { recordedClock } from './recorded-clock.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const noLimits = {
  replicaLag: Number.MAX_SAFE_INTEGER,
  replicaBytes: Number.MAX_SAFE_INTEGER,
  walWaiting: Number.MAX_SAFE_INTEGER,
  transactionAge: Number.MAX_SAFE_INTEGER,
};

interface Work {
  load?: number;
  limits?: Partial<Pace['limits']>;
  signal?: AbortSignal;
  readPause?: Batches['readPause'];
  /** What each batch takes, or throws; the end after the last. */
  batches: readonly (number | 'again' | OpsError)[];
}

/** Batches that take as long as they are told, and what came of it. */
async function work({ load = 100, limits, signal, readPause = async () => undefined, batches }: Work) {
  const [clock, said, rows] = [recordedClock(), [] as string[], [] as number[]];
  const pace = beginPace({
    ...{ name: 'work', batchTime: 10, load, size: 100, clock, info: (text) => said.push(text) },
    ...{ limits: { ...noLimits, ...limits }, sight: { activity: true, archive: true } },
  });
  const left = [...batches];
  const doBatch = async (atMost: number) => {
    rows.push(atMost);
    const next = left.shift();
    if (next instanceof OpsError) throw next;
    return typeof next === 'number' ? { rows: atMost, milliseconds: next } : (next ?? 'end');
  };
  const settings = signal === undefined ? {} : { signal };
  await database.session((session) => runInBatches(session, pace, { readPause, doBatch }), settings);
  return { pace, said, rows, slept: clock.slept };
}

describe('of the time', () => {
  it.each([
    [50, [1, 1, 1]],
    [20, [4, 4, 4]],
    [5, [19, 19, 19]],
  ])('%s of 100 is work: after each batch it rests', async (load, times) => {
    const { slept, pace } = await work({ load, batches: [8, 24, 2] });
    expect(slept.map((rest, at) => Math.round(rest / [8, 24, 2][at]!))).toEqual(times);
    expect(pace.waited).toBe(0);
  });

  it('all is work at a load of 100 %, and a batch that did nothing is not rested after', async () => {
    expect((await work({ batches: [8, 8] })).slept).toEqual([0, 0]);
    expect((await work({ load: 50, batches: ['again', 'again', 8] })).slept).toEqual([8]);
  });
});

describe('a batch', () => {
  it('has as many rows as those before it say, each fourth one a quarter', async () => {
    // 0.05 ms a row and 5 ms a batch: into 10 ms there fit 100 rows.
    const { rows, pace } = await work({ batches: [10, 10, 10, 6.25, 10, 10, 10, 6.25] });
    expect(rows.slice(0, 4)).toEqual([100, 100, 100, 25]);
    expect(rows.slice(4)).toEqual([100, 100, 100, 25, 100]);
    expect(pace).toMatchObject({ size: 100, batches: 8, recent: { length: 8 } });
  });

  it('after one that came through only with fewer rows begins with as many', async () => {
    const conflict = new OpsError({ code: 'CONFLICT', exit: 'tryLater', message: 'in the way', hint: '' });
    const { rows, said } = await work({ batches: [10, conflict, conflict, 10, 10] });
    expect(rows.slice(0, 4)).toEqual([100, 100, 20, 4]);
    expect(rows[4]).toBeLessThanOrEqual(20);
    expect(said).toHaveLength(2);
  });
});

describe('the server is asked nothing', () => {
  it('after every eighth batch, and the latest nine answers are remembered', async () => {
    const after = async (batches: number) => (await work({ batches: Array(batches).fill(10) })).pace.network;
    expect(await after(0)).toEqual({ roundTrip: Number.POSITIVE_INFINITY, empty: [] });
    expect(await after(1)).toEqual({ roundTrip: 0, empty: [0] });
    expect((await after(8)).empty).toHaveLength(1);
    expect((await after(9)).empty).toHaveLength(2);
    expect((await after(80)).empty).toHaveLength(9);
  });
});

describe('before a batch', () => {
  it('it waits while it is paused, says so once for each reason, and that it continues', async () => {
    const reasons = ['paused by ana since 9:00', 'paused by ana since 9:01', 'paused by bob', undefined];
    const { said, slept, pace } = await work({ readPause: async () => reasons.shift(), batches: [10] });
    expect(said).toEqual(['work waits: paused by ana since 9:00', 'work waits: paused by bob', 'work continues']);
    expect(slept.slice(0, 3)).toEqual([500, 500, 500]);
    expect(pace.waited).toBe(1500);
  });

  it('it stops at once when the task must stop while it waits', async () => {
    const stop = new AbortController();
    const readPause = async () => {
      stop.abort(new Error('stopped'));
      return 'paused';
    };
    await expect(work({ readPause, signal: stop.signal, batches: [10] })).rejects.toThrow('stopped');
  });

  it('the signals are looked at twice a second, and until the reason is gone', async () => {
    const looks = await countLooks(async (session) => {
      const clock = recordedClock();
      const pace = beginPace({
        ...{ name: 'work', batchTime: 10, load: 50, size: 100, clock, info: () => {} },
        ...{ limits: noLimits, sight: { activity: true, archive: false } },
      });
      // 20 batches of 60 ms rest, 1.2 s: looked at in the beginning, after 0.5 and after 1 s.
      const left = Array(20).fill(60);
      await runInBatches(session, pace, {
        readPause: async () => undefined,
        doBatch: async (rows) => (left.length === 0 ? 'end' : { rows, milliseconds: left.pop()! }),
      });
    });
    expect(looks).toBe(3);
  });

  it('no transaction of its own is open, and one of others that is too old is waited for', async () => {
    const other = Promise.withResolvers<void>();
    const open = Promise.withResolvers<void>();
    const holder = database.session((session) =>
      session.transaction(async () => {
        await session.query('SELECT 1');
        open.resolve();
        await other.promise;
      }),
    );
    await open.promise;
    let looks = 0;
    const readPause = async (): Promise<undefined> => {
      looks += 1;
      if (looks === 3) {
        other.resolve();
        await holder;
      }
    };
    const { said, pace } = await work({ readPause, limits: { transactionAge: 0 }, batches: [10] });
    expect(said).toEqual([expect.stringMatching(/^work waits: a transaction has been open for/), 'work continues']);
    expect(pace.waited).toBe(1000);
  });
});

/** How often the statement that looks at replicas was sent. */
async function countLooks(run: (session: Session) => Promise<void>): Promise<number> {
  return database.session(async (session) => {
    let looks = 0;
    const queryAgain: Session['queryAgain'] = (sql, values) => {
      if (sql.includes('pg_stat_replication')) looks += 1;
      return session.queryAgain(sql, values);
    };
    await run({ ...session, queryAgain });
    return looks;
  });
}
