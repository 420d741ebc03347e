import { migrateLedger } from '@opsgraph/ledger';
import type { Session } from '@opsgraph/postgres';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DataSet, rollbackSeed, seed } from '../src/index.ts';
import { makeProject, type Project } from './project.ts';
import { counts, freshShop, shopRows, shops, townRows, towns, untilWaiting } from './shop.ts';

let database: TestDatabase;
let project: Project;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.session(migrateLedger);
});
afterAll(() => database.drop());

beforeEach(async () => {
  project = makeProject([shops, towns], { 'towns.json': townRows, 'shops.csv': shopRows });
  await database.session(freshShop);
});
afterEach(() => project.remove());

const inSession = <T>(work: (session: Session) => Promise<T>): Promise<T> => database.session(work);
const undo = (session: Session): Promise<unknown> =>
  rollbackSeed(session, { keepChanged: false, dryRun: false, run: { id: 'undo' } });

describe('seed of an empty table', () => {
  it('numbers the rows in the order of the file, whatever the order of the key', async () => {
    project.write('towns.json', townRows.toReversed());
    await inSession(async (session) => {
      await seed(session, project.input('r1', { sets: ['towns'] }));
      expect(await session.query('SELECT id, country FROM town ORDER BY id')).toEqual([
        { id: 1, country: 'IT' },
        { id: 2, country: 'FR' },
        { id: 3, country: 'DE' },
      ]);
    });
  });

  it('ends the same when two seed at once', async () => {
    const both = await Promise.all(
      ['r1', 'r2'].map((run) => inSession((session) => seed(session, project.input(run)))),
    );
    const inserted = both.flatMap(({ sets }) => sets.map((set) => set.inserted)).reduce((sum, more) => sum + more, 0);
    expect(inserted).toBe(5);
    await inSession(async (session) => {
      expect(await session.query('SELECT count(*)::int AS rows FROM town')).toEqual([{ rows: 3 }]);
      expect(await session.query('SELECT sum(inserted)::int AS rows FROM ops.seed_load')).toEqual([{ rows: 5 }]);
    });
  });

  it('does not claim a row of the file that a stranger inserts meanwhile', async () => {
    await database.session(async (stranger) => {
      await stranger.execute('BEGIN');
      await stranger.execute("INSERT INTO town (country, name, people) VALUES ('FR', 'Lyon', 5)");
      const seeding = inSession((session) => seed(session, project.input('r1')));
      await untilWaiting(stranger);
      await stranger.execute('COMMIT');
      expect(counts(await seeding)).toMatchObject({ towns: [2, 1, 0] });
      await undo(stranger);
      expect(await stranger.query('SELECT country, people FROM town')).toEqual([{ country: 'FR', people: 5 }]);
    });
  });

  it('does not claim another row that a stranger inserts meanwhile', async () => {
    await database.session(async (stranger) => {
      await stranger.execute('BEGIN');
      // the ledger is written when the table has been filled
      await stranger.execute('LOCK TABLE ops.seed_load IN SHARE MODE');
      await stranger.execute("INSERT INTO town (country, name, people) VALUES ('ES', 'Jaca', 5)");
      const seeding = inSession((session) => seed(session, project.input('r1')));
      await untilWaiting(stranger);
      await stranger.execute('COMMIT');
      expect(counts(await seeding)).toMatchObject({ towns: [3, 0, 0] });
      const again = await seed(stranger, project.input('r2'));
      expect(again.sets).toMatchObject([
        { name: 'towns', unchanged: 3, known: { by: 'comparison' } },
        { name: 'shops', unchanged: 2 },
      ]);
      await undo(stranger);
      expect(await stranger.query('SELECT country, people FROM town')).toEqual([{ country: 'ES', people: 5 }]);
    });
  });

  it('loads two sets of one table', async () => {
    const more: DataSet = { ...towns, name: 'more', file: 'more.json' };
    const both = makeProject([towns, more], {
      'towns.json': townRows,
      'more.json': [
        { state: 'ES', name: 'Jaca' },
        { state: 'FR', name: 'Lyon', people: 7 },
      ],
    });
    await inSession(async (session) => {
      expect(counts(await seed(session, both.input('r1')))).toEqual({ towns: [3, 0, 0], more: [1, 1, 0] });
      await undo(session);
      expect(await session.query('SELECT FROM town')).toEqual([]);
    });
    both.remove();
  });

  it("tells a table's rows from those of a table that inherits it", async () => {
    const above: DataSet = { name: 'above', table: 'above', file: 'above.json', key: ['code'] };
    const below: DataSet = { name: 'below', table: 'below', file: 'below.json', key: ['code'] };
    const both = makeProject([above, below], { 'above.json': [{ code: 'a' }], 'below.json': [{ code: 'b' }] });
    await inSession(async (session) => {
      await session.execute(
        'CREATE TABLE above (code text UNIQUE NOT NULL); CREATE TABLE below (UNIQUE (code)) INHERITS (above)',
      );
      expect(counts(await seed(session, both.input('r1')))).toEqual({ above: [1, 0, 0], below: [1, 0, 0] });
      await undo(session);
      expect(await session.query('SELECT FROM above')).toEqual([]);
    });
    both.remove();
  });
});
