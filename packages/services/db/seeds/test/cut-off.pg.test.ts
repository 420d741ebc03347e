import { migrateLedger } from '@opsgraph/ledger';
import type { Session } from '@opsgraph/postgres';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chapter } from '../src/chapter.ts';
import { rollbackSeed, seed } from '../src/index.ts';
import { makeProject, type Project } from './project.ts';
import { contents, shopRows, shopSql, shops, townRows, towns } from './shop.ts';

/** Cut at every fifth statement; `pnpm run test:model` cuts at each. */
const stride = Number(process.env['OPS_CUT_EVERY'] ?? 5);

let database: TestDatabase;
let project: Project;

beforeAll(async () => {
  database = await createTestDatabase();
  project = makeProject([towns, shops], { 'towns.json': townRows, 'shops.csv': shopRows });
  await database.session(async (session) => {
    await migrateLedger(session, [chapter]);
    await session.execute(shopSql);
    await session.execute("INSERT INTO town (country, name, people) VALUES ('DE', 'Bonn', 7)");
  });
});
afterAll(async () => {
  project.remove();
  await database.drop();
});

/** The same session, whose server process is ended just before its nth statement. */
function endedBefore(session: Session, nth: number, killer: Session): Session {
  let statements = 0;
  const counting =
    <Arguments extends unknown[], Result>(send: (...values: Arguments) => Promise<Result>) =>
    async (...values: Arguments): Promise<Result> => {
      statements += 1;
      if (statements === nth) await killer.execute('SELECT pg_terminate_backend($1, 5000)', [session.server.pid]);
      return send(...values);
    };
  return {
    ...session,
    query: counting(session.query) as Session['query'],
    execute: counting(session.execute),
    copyIn: counting(session.copyIn),
  };
}

/** Runs `work` again and again, cut off some statements later each time, until it gets through. */
async function survives(work: (session: Session) => Promise<unknown>): Promise<number> {
  return database.session(async (observer) => {
    const before = [
      await contents(observer),
      await observer.query('SELECT data_set, undone_at IS NULL FROM ops.seed_load ORDER BY id'),
    ];
    for (let nth = 1; ; nth += stride) {
      const error: unknown = await database
        .session((session) => work(endedBefore(session, nth, observer)))
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      if (error === undefined) return nth;
      expect(error).toMatchObject({ code: 'CONNECTION_LOST', exitCode: 69 });
      expect([
        await contents(observer),
        await observer.query('SELECT data_set, undone_at IS NULL FROM ops.seed_load ORDER BY id'),
      ]).toEqual(before);
    }
  });
}

it('leaves nothing half done wherever the connection is cut, and gets through the next time', async () => {
  const before = await database.session(contents);
  expect(await survives((session) => seed(session, project.input('r1')))).toBeGreaterThan(30);
  await database.session(async (session) => {
    expect(await session.query('SELECT country, people FROM town ORDER BY country')).toEqual([
      { country: 'DE', people: 330000 },
      { country: 'FR', people: null },
      { country: 'IT', people: 320000 },
    ]);
    expect(
      await session.query('SELECT sum(inserted)::int AS inserted, sum(updated)::int AS updated FROM ops.seed_load'),
    ).toEqual([{ inserted: 4, updated: 1 }]);
  });
  expect(
    await survives((session) => rollbackSeed(session, { keepChanged: false, dryRun: false, run: { id: 'undo' } })),
  ).toBeGreaterThan(20);
  expect(await database.session(contents)).toEqual(before);
});
