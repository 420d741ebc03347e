import { untilWaiting } from '@opsgraph/testing';
import { describe, expect, it } from 'vitest';
import { type DataSet, seed } from '../src/index.ts';
import { counts, townRows, towns } from './shop.ts';
import { undo } from './undone-shop.ts';
import { useShop } from './use-shop.ts';

const shop = useShop();

describe('seed of an empty table', () => {
  it('numbers the rows in the order of the file, whatever the order of the key', async () => {
    shop.project.write('towns.json', townRows.toReversed());
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      expect(await session.query('SELECT id, country FROM town ORDER BY id')).toEqual([
        { id: 1, country: 'IT' },
        { id: 2, country: 'FR' },
        { id: 3, country: 'DE' },
      ]);
    });
  });

  it('ends the same when two seed at once', async () => {
    const both = await Promise.all(
      ['r1', 'r2'].map((run) => shop.session((session) => seed(session, shop.project.input(run)))),
    );
    const inserted = both.flatMap(({ sets }) => sets.map((set) => set.inserted)).reduce((sum, more) => sum + more, 0);
    expect(inserted).toBe(5);
    await shop.session(async (session) => {
      expect(await session.query('SELECT count(*)::int AS rows FROM town')).toEqual([{ rows: 3 }]);
      expect(await session.query('SELECT sum(inserted)::int AS rows FROM ops.seed_load')).toEqual([{ rows: 5 }]);
    });
  });

  it('does not claim a row of the file that a stranger inserts meanwhile', async () => {
    await shop.session(async (stranger) => {
      await stranger.execute('BEGIN');
      await stranger.execute("INSERT INTO town (country, name, people) VALUES ('FR', 'Lyon', 5)");
      const seeding = shop.session((session) => seed(session, shop.project.input('r1')));
      await untilWaiting(stranger);
      await stranger.execute('COMMIT');
      expect(counts(await seeding)).toMatchObject({ towns: [2, 1, 0] });
      await undo(stranger);
      expect(await stranger.query('SELECT country, people FROM town')).toEqual([{ country: 'FR', people: 5 }]);
    });
  });

  it('does not claim another row that a stranger inserts meanwhile', async () => {
    await shop.session(async (stranger) => {
      await stranger.execute('BEGIN');
      // the ledger is written when the table has been filled
      await stranger.execute('LOCK TABLE ops.seed_load IN SHARE MODE');
      await stranger.execute("INSERT INTO town (country, name, people) VALUES ('ES', 'Jaca', 5)");
      const seeding = shop.session((session) => seed(session, shop.project.input('r1')));
      await untilWaiting(stranger);
      await stranger.execute('COMMIT');
      expect(counts(await seeding)).toMatchObject({ towns: [3, 0, 0] });
      const again = await seed(stranger, shop.project.input('r2'));
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
    const { input } = shop.replaceProject([towns, more], {
      'towns.json': townRows,
      'more.json': [
        { state: 'ES', name: 'Jaca' },
        { state: 'FR', name: 'Nice', people: 7 },
      ],
    });
    await shop.session(async (session) => {
      expect(counts(await seed(session, input('r1')))).toEqual({ towns: [3, 0, 0], more: [2, 0, 0] });
      expect(counts(await seed(session, input('r2')))).toEqual({ towns: [0, 0, 3], more: [0, 0, 2] });
      await undo(session);
      expect(await session.query('SELECT FROM town')).toEqual([]);
    });
  });

  it("tells a table's rows from those of a table that inherits it", async () => {
    const above: DataSet = { name: 'above', table: 'above', file: 'above.json', key: ['code'] };
    const below: DataSet = { name: 'below', table: 'below', file: 'below.json', key: ['code'] };
    const { input } = shop.replaceProject([above, below], {
      'above.json': [{ code: 'a' }],
      'below.json': [{ code: 'b' }],
    });
    await shop.session(async (session) => {
      await session.execute(
        'CREATE TABLE above (code text UNIQUE NOT NULL); CREATE TABLE below (UNIQUE (code)) INHERITS (above)',
      );
      expect(counts(await seed(session, input('r1')))).toEqual({ above: [1, 0, 0], below: [1, 0, 0] });
      await undo(session);
      expect(await session.query('SELECT FROM above')).toEqual([]);
    });
  });
});
