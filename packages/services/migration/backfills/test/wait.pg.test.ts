import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type BackfillsInput, pauseBackfill, resumeBackfill, runBackfills } from '../src/index.ts';
import { useBackfill } from './use-backfill.ts';

const project = useBackfill(
  `CREATE TABLE t (id bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0);
   INSERT INTO t (id) SELECT n FROM generate_series(1, 6000) AS n`,
  { count: "table: 't', key: 'id', rows: 'true', set: 'times = times + 1', done: 'every-row-visited'" },
);

const batches = async () => (await project.query('SELECT batches FROM ops.backfill'))[0]?.['batches'];
const known = ['count'];

/** Starts it; `waits` resolves with the reason when it says that it waits. */
function start(overrides: Partial<BackfillsInput> = {}) {
  const waits = Promise.withResolvers<string>();
  const info = (text: string): void => {
    if (text.startsWith('count waits: ')) waits.resolve(text.slice('count waits: '.length));
  };
  const run = project.run({ batchTime: 50, ...overrides, info });
  const ended = run.then(() => Promise.reject(new Error('it did not wait')));
  return { run, waits: Promise.race([waits.promise, ended]) };
}

describe('the pause', () => {
  it('stops a running one within a batch, and resuming lets it go on to the end', async () => {
    const pause = () =>
      project.session((session) => pauseBackfill(session, { name: 'count', known, by: 'ana', dryRun: false }));
    // It pauses itself in the middle, so that there is a batch before and one after.
    await project.query(
      `CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO ops.backfill_pause (name, paused_by) VALUES ('count', 'ana'); RETURN NEW; END$$;
       CREATE TRIGGER pause AFTER UPDATE ON t FOR EACH ROW WHEN (OLD.id = 2500) EXECUTE FUNCTION pause()`,
    );
    const { run, waits } = start();
    expect(await waits).toMatch(/ana paused it at 20.*--resume count/);
    const before = await batches();
    expect(await pause()).toBe(false);
    await sleep(700);
    expect(await batches()).toBe(before);
    expect(await project.session((session) => resumeBackfill(session, { name: 'count', known, dryRun: false }))).toBe(
      true,
    );
    expect(await run).toMatchObject({ results: [{ worked: 6000, waited: expect.any(Number) }], paused: [] });
    expect(await project.times()).toEqual([{ times: 1, rows: 6000 }]);
  });

  it('holds one that has not begun, tells so, and leaves others alone', async () => {
    await project.define(
      'next',
      "table: 't', key: 'id', rows: 'id > 5990', set: 'times = 9', done: 'every-row-visited'",
    );
    await project.session((session) => pauseBackfill(session, { name: 'count', known, by: 'ana', dryRun: false }));
    expect(await project.run()).toMatchObject({ results: [{ name: 'next', worked: 10 }], paused: ['count'] });
    expect(await project.times()).toEqual([
      { times: 0, rows: 5990 },
      { times: 9, rows: 10 },
    ]);
  });

  it('changes nothing when it is only tried, or twice', async () => {
    const pause = (dryRun: boolean) =>
      project.session((session) => pauseBackfill(session, { name: 'count', known, by: 'ana', dryRun }));
    const resume = (dryRun: boolean) =>
      project.session((session) => resumeBackfill(session, { name: 'count', known, dryRun }));
    expect([await pause(true), await pause(false), await pause(false)]).toEqual([true, true, false]);
    expect([await resume(true), await resume(false), await resume(false)]).toEqual([true, true, false]);
    await expect(
      project.session((session) => pauseBackfill(session, { name: 'cuont', known, by: 'ana', dryRun: false })),
    ).rejects.toMatchObject({ code: 'BACKFILL_UNKNOWN', hint: 'there are: count' });
  });
});

describe('it waits', () => {
  it('while a transaction is open for too long, naming it, and goes on after its end', async () => {
    const release = Promise.withResolvers<void>();
    const open = Promise.withResolvers<void>();
    const holder = project.session(
      (session) =>
        session.transaction(async () => {
          await session.query('SELECT FROM t');
          open.resolve();
          await release.promise;
        }),
      { applicationName: 'nightly report' },
    );
    await open.promise;
    const { run, waits } = start({ transactionAge: 0 });
    expect(await waits).toMatch(/a transaction has been open for .* s: process \d+ of postgres \(nightly report\)/);
    expect(await project.times()).toEqual([{ times: 0, rows: 6000 }]);
    release.resolve();
    await holder;
    expect(await run).toMatchObject({ results: [{ worked: 6000 }] });
    expect(await project.times()).toEqual([{ times: 1, rows: 6000 }]);
  });

  it('no transaction of its own open', async () => {
    await project.session((session) =>
      pauseBackfill(session, { name: 'next', known: ['next'], by: 'ana', dryRun: false }),
    );
    const ours = Promise.withResolvers<number>();
    const holding = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const holder = project.session((session) =>
      session.transaction(async () => {
        await session.query('SELECT 1');
        holding.resolve();
        await release.promise;
      }),
    );
    await holding.promise;
    const run = project.session((session) => {
      const info = (text: string): void => {
        if (text.includes('waits')) ours.resolve(session.server.pid);
      };
      return runBackfills(session, project.input({ transactionAge: 0, info }));
    });
    const pid = await ours.promise;
    expect(await project.query(`SELECT xact_start FROM pg_stat_activity WHERE pid = ${pid}`)).toEqual([
      { xact_start: null },
    ]);
    release.resolve();
    await Promise.all([holder, run]);
  });
});
