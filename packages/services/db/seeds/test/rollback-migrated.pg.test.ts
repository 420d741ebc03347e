import { describe, expect, it } from 'vitest';
import { seed } from '../src/index.ts';
import { contents } from './shop.ts';
import { tally, undo, useShopWithTowns } from './undone-shop.ts';

const shop = useShopWithTowns();

describe('rollbackSeed after a migration', () => {
  it('finds a table and columns that were renamed, and what a person wrote into them', async () => {
    await shop.session(async (session) => {
      const before = await contents(session);
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      await session.execute(
        'ALTER TABLE town RENAME TO city; ALTER TABLE city RENAME id TO number; ALTER TABLE city RENAME note TO remark',
      );
      await session.execute("UPDATE city SET remark = 'precious' WHERE name = 'Lyon'");
      await expect(undo(session)).rejects.toMatchObject({
        code: 'SEED_CHANGED_SINCE',
        problems: [expect.stringMatching(/^city \(number\) = \(\d+\): remark changed$/)],
      });
      await session.execute("UPDATE city SET remark = 'none' WHERE name = 'Lyon'");
      const undone = await undo(session);
      expect(tally(undone)).toEqual([['towns', 2, 1, 0, 0]]);
      expect(undone.sets[0]!.notes).toEqual([
        'the table is called city now',
        'renamed in city since: id is number, note is remark now',
      ]);
      await session.execute(
        'ALTER TABLE city RENAME TO town; ALTER TABLE town RENAME number TO id; ALTER TABLE town RENAME remark TO note',
      );
      expect(await contents(session)).toEqual(before);
    });
  });

  it('finds the rows by name in a table that was made again, as in a restored database', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      await session.execute(
        `CREATE TABLE copy (note text, id bigint PRIMARY KEY, country char(2), name varchar(12), people integer, area numeric, tags text[], founded date);
         INSERT INTO copy SELECT note, id, country, name, people, area, tags, founded FROM town; DROP TABLE town CASCADE; ALTER TABLE copy RENAME TO town`,
      );
      expect(tally(await undo(session))).toEqual([['towns', 2, 1, 0, 0]]);
      expect(await session.query('SELECT name, people, note FROM town ORDER BY name')).toEqual([
        { name: 'Bonn', people: 7, note: 'mine' },
        { name: 'Troy', people: 9, note: 'mine' },
      ]);
    });
  });

  it('reads and restores what columns hold that have another type now', async () => {
    await shop.session(async (session) => {
      await session.execute(
        "ALTER TABLE town ADD j json, ADD at timestamp, ADD open boolean, ADD price numeric(6,2); UPDATE town SET j = '{\"z\":1}', at = '2020-01-01', open = true, price = 7",
      );
      shop.project.write('towns.json', [
        { state: 'DE', name: 'Bonn', people: 3, j: { a: 1 }, at: '2024-05-01T10:00', open: false, price: 8.5 },
        { state: 'FR', name: 'Lyon', people: 4, j: { b: [1] }, at: '2024-05-02T10:00', open: true, price: 1.25 },
      ]);
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      await session.execute(
        `ALTER TABLE town DROP label, ALTER id TYPE integer, ALTER people TYPE numeric(9,3), ALTER j TYPE jsonb, ALTER at TYPE timestamptz USING at AT TIME ZONE 'UTC',
           ALTER open TYPE text USING CASE WHEN open THEN 'true' ELSE 'false' END, ALTER price TYPE numeric(12,4), ALTER name TYPE text`,
      );
      await session.execute("UPDATE town SET people = 5 WHERE name = 'Lyon'");
      await expect(undo(session)).rejects.toMatchObject({
        problems: [expect.stringMatching(/^town \(id\) = \(\d+\): people changed$/)],
      });
      await session.execute("UPDATE town SET people = 4 WHERE name = 'Lyon'");
      expect(tally(await undo(session))).toEqual([['towns', 1, 1, 0, 0]]);
      expect(
        await session.query(
          "SELECT name, people::text, j::text, at AT TIME ZONE 'UTC' = '2020-01-01' AS at, open, price::text FROM town ORDER BY name",
        ),
      ).toEqual([
        { name: 'Bonn', people: '7.000', j: '{"z": 1}', at: true, open: 'true', price: '7.0000' },
        { name: 'Troy', people: '9.000', j: '{"z": 1}', at: true, open: 'true', price: '7.0000' },
      ]);
    });
  });

  it('refuses to cut a former value off that a narrowed column cannot hold', async () => {
    await shop.session(async (session) => {
      await session.execute("UPDATE town SET note = 'a long story' WHERE name = 'Bonn'");
      shop.project.write('towns.json', [{ state: 'DE', name: 'Bonn', note: 'new' }]);
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      await session.execute('ALTER TABLE town ALTER note TYPE varchar(5)');
      await expect(undo(session)).rejects.toMatchObject({ code: 'SEED_UNDO_IMPOSSIBLE', exitCode: 77 });
      expect(await session.query("SELECT note FROM town WHERE name = 'Bonn'")).toEqual([{ note: 'new' }]);
    });
  });

  it.each([
    [
      'another table has the name',
      'DROP TABLE town; CREATE TABLE town (id uuid PRIMARY KEY)',
      'SEED_TABLE_GONE',
      [3, 0],
    ],
    [
      'the key has a type that its former values do not fit',
      'ALTER TABLE town ALTER id DROP IDENTITY, DROP CONSTRAINT town_pkey; ALTER TABLE town ALTER id TYPE uuid USING gen_random_uuid(), ADD PRIMARY KEY (id)',
      'SEED_KEY_GONE',
      [0, 3],
    ],
    ['the key is gone', 'ALTER TABLE town DROP CONSTRAINT town_pkey', 'SEED_KEY_GONE', [0, 3]],
  ])('refuses when %s; told to go on, it leaves those rows and undoes the rest', async (_name, sql, code, left) => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute('ALTER TABLE shop DROP CONSTRAINT shop_town_id_fkey');
      await session.execute(sql);
      await expect(undo(session)).rejects.toMatchObject({ code, exitCode: 77 });
      expect(tally(await undo(session, { keepChanged: true }))).toEqual([
        ['towns', 0, 0, ...left],
        ['shops', 2, 0, 0, 0],
      ]);
      expect((await undo(session)).sets).toEqual([]);
    });
  });
});
