import { untilWaiting } from '@opsgraph/testing';
import { describe, expect, it } from 'vitest';
import { seed } from '../src/index.ts';
import { contents } from './shop.ts';
import { tally, undo, useShopWithTowns } from './undone-shop.ts';

const shop = useShopWithTowns();

describe('rollbackSeed and references', () => {
  it('keeps a whole chain whose last row a person changed', async () => {
    await shop.session(async (session) => {
      await session.execute(
        'CREATE TABLE part (id int PRIMARY KEY, whole int REFERENCES part ON DELETE CASCADE, name text)',
      );
      const rows = [1, 2, 3, 4].map((id) => ({ id, whole: id === 1 || id === 4 ? null : id - 1, name: 'seeded' }));
      const parts = { name: 'parts', table: 'part', file: 'parts.json', key: ['id'] };
      await seed(session, shop.replaceProject([parts], { 'parts.json': rows }).input('r1'));
      await session.execute("UPDATE part SET name = 'mine' WHERE id = 3");
      const undone = await undo(session, { keepChanged: true });
      expect(tally(undone)).toEqual([['parts', 1, 0, 0, 3]]);
      expect(undone.sets[0]!.kept.rows).toEqual([
        'part (id) = (1): rows of part refer to it',
        'part (id) = (2): rows of part refer to it',
        'part (id) = (3): name changed',
      ]);
      expect(await session.query('SELECT id, name FROM part ORDER BY id')).toEqual([
        { id: 1, name: 'seeded' },
        { id: 2, name: 'seeded' },
        { id: 3, name: 'mine' },
      ]);
    });
  });

  it("gives no former unique value back that a person's row would follow", async () => {
    await shop.session(async (session) => {
      await session.execute(
        `ALTER TABLE town ADD short text UNIQUE; UPDATE town SET short = 'old' WHERE name = 'Bonn';
         CREATE TABLE visit (id int PRIMARY KEY, short text REFERENCES town (short) ON UPDATE CASCADE)`,
      );
      shop.project.write('towns.json', [{ state: 'DE', name: 'Bonn', short: 'new' }]);
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      await session.execute("INSERT INTO visit VALUES (1, 'new')");
      const before = await contents(session);
      await expect(undo(session)).rejects.toMatchObject({
        code: 'SEED_CHANGED_SINCE',
        exitCode: 77,
        problems: ['town (id) = (1): rows of visit refer to it'],
      });
      expect(await contents(session)).toEqual(before);
      expect(await session.query('SELECT short FROM visit')).toEqual([{ short: 'new' }]);
      await session.execute('DELETE FROM visit');
      expect(tally(await undo(session))).toEqual([['towns', 0, 1, 0, 0]]);
      expect(await session.query("SELECT short FROM town WHERE name = 'Bonn'")).toEqual([{ short: 'old' }]);
    });
  });

  it('takes a reference of two columns for one, and finds rows by a key of two', async () => {
    await shop.session(async (session) => {
      await session.execute(
        `CREATE TABLE flat (house int, number int, name text, PRIMARY KEY (house, number));
         CREATE TABLE guest (id int PRIMARY KEY, house int, number int, FOREIGN KEY (house, number) REFERENCES flat ON DELETE CASCADE);
         INSERT INTO flat VALUES (1, 1, 'mine'), (1, 2, 'mine'), (2, 2, 'mine')`,
      );
      const flats = { name: 'flats', table: 'flat', file: 'flats.json', key: ['house', 'number'] };
      const rows = [
        { house: 1, number: 2, name: 'seeded' },
        { house: 2, number: 1, name: 'seeded' },
        { house: 3, number: 3, name: 'seeded' },
      ];
      await seed(session, shop.replaceProject([flats], { 'flats.json': rows }).input('r1'));
      // It shares a column with a row that goes, and refers to one that stays.
      await session.execute('INSERT INTO guest VALUES (1, 1, 1), (2, 2, 2)');
      expect(tally(await undo(session))).toEqual([['flats', 2, 1, 0, 0]]);
      expect(await session.query('SELECT * FROM flat ORDER BY house, number')).toEqual([
        { house: 1, number: 1, name: 'mine' },
        { house: 1, number: 2, name: 'mine' },
        { house: 2, number: 2, name: 'mine' },
      ]);
    });
  });

  it('gives a row its former parent back, and takes the new one away', async () => {
    await shop.session(async (session) => {
      const code = 'code,town.state,town.name\n';
      await session.execute("INSERT INTO shop (code, town_id) SELECT 's1', id FROM town WHERE name = 'Troy'");
      shop.project.write('shops.csv', `${code}s1,FR,Lyon\n`);
      const before = await contents(session);
      await seed(session, shop.project.input('r1'));
      expect(tally(await undo(session))).toEqual([
        ['shops', 0, 1, 0, 0],
        ['towns', 2, 1, 0, 0],
      ]);
      expect(await contents(session)).toEqual(before);
    });
  });

  it('lets nobody change a row between its verdict and the undo', async () => {
    await shop.session(async (holder) => {
      await holder.execute('CREATE TABLE visit (id int PRIMARY KEY, town_id bigint REFERENCES town)');
      const before = await contents(holder);
      await seed(holder, shop.project.input('r1', { sets: ['towns'] }));
      await holder.execute('BEGIN; LOCK TABLE visit');
      const undoing = shop.session(undo);
      await untilWaiting(holder);
      await expect(
        shop.session((person) => person.execute("UPDATE town SET note = 'mine' WHERE name = 'Lyon'"), {
          lockTimeout: 50,
        }),
      ).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
      await holder.execute('COMMIT');
      expect(tally(await undoing)).toEqual([['towns', 2, 1, 0, 0]]);
      expect(await contents(holder)).toEqual(before);
    });
  });

  it('refuses with a reason when a constraint that is checked last prevents it', async () => {
    await shop.session(async (session) => {
      await session.execute(
        `CREATE TABLE visit (id int PRIMARY KEY, town text); CREATE TABLE place (name text PRIMARY KEY);
         ALTER TABLE visit ADD FOREIGN KEY (town) REFERENCES place DEFERRABLE INITIALLY DEFERRED;
         INSERT INTO place VALUES ('old'), ('new'); INSERT INTO visit VALUES (1, 'old')`,
      );
      const visits = { name: 'visits', table: 'visit', file: 'visits.json', key: ['id'] };
      const rows = [{ id: 1, town: 'new' }];
      await seed(session, shop.replaceProject([visits], { 'visits.json': rows }).input('r1'));
      await session.execute("DELETE FROM place WHERE name = 'old'");
      await expect(undo(session)).rejects.toMatchObject({
        code: 'SEED_UNDO_IMPOSSIBLE',
        exitCode: 77,
        problems: [expect.stringContaining('Key (town)=(old) is not present')],
      });
      expect(await session.query('SELECT * FROM visit')).toEqual(rows);
    });
  });
});
