import { describe, expect, it } from 'vitest';
import { reportRolledBack, seed } from '../src/index.ts';
import { contents, townRows } from './shop.ts';
import { tally, undo, useShopWithTowns } from './undone-shop.ts';

const shop = useShopWithTowns();

describe('rollbackSeed', () => {
  it('leaves everything as it was before the seed, to the letter', async () => {
    await shop.session(async (session) => {
      const before = await contents(session);
      await seed(session, shop.project.input('r1'));
      expect(tally(await undo(session))).toEqual([
        ['shops', 2, 0, 0, 0],
        ['towns', 2, 1, 0, 0],
      ]);
      expect(await contents(session)).toEqual(before);
      expect((await undo(session)).sets).toEqual([]);
      expect(await session.query('SELECT FROM ops.seed_image UNION ALL SELECT FROM ops.seed_state')).toEqual([]);
    });
  });

  it('takes back one run after the other, the last first', async () => {
    await shop.session(async (session) => {
      const states = [await contents(session)];
      await seed(session, shop.project.input('r1'));
      states.push(await contents(session));
      shop.project.write('towns.json', [
        { ...townRows[0], people: 1, tags: null },
        { state: 'NL', name: 'Delft' },
      ]);
      await seed(session, shop.project.input('r2'));
      for (const before of states.reverse()) {
        await undo(session);
        expect(await contents(session)).toEqual(before);
      }
    });
  });

  it('takes back one set, and refuses while rows of another that was seeded refer to it', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await expect(undo(session, { set: 'towns' })).rejects.toMatchObject({
        code: 'SEED_CHANGED_SINCE',
        problems: [expect.stringMatching(/^town \(id\) = \(\d+\): rows of shop refer to it$/)],
      });
      await undo(session, { set: 'shops' });
      expect(tally(await undo(session, { set: 'towns' }))).toEqual([['towns', 2, 1, 0, 0]]);
    });
  });

  it('takes back the latest load of the set that is named, and no other', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      const first = await contents(session);
      shop.project.write('towns.json', [{ ...townRows[0], people: 1 }]);
      await seed(session, shop.project.input('r2', { sets: ['towns'] }));
      expect(tally(await undo(session, { set: 'towns' }))).toEqual([['towns', 0, 1, 0, 0]]);
      expect(await contents(session)).toEqual(first);
    });
  });

  it('tells a slip in the name of a set from one that is not loaded', async () => {
    await shop.session(async (session) => {
      const { directory } = shop.project;
      expect((await undo(session, { set: 'towns', directory })).sets).toEqual([]);
      await expect(undo(session, { set: 'town', directory })).rejects.toMatchObject({
        code: 'SEED_SET_UNKNOWN',
        exitCode: 64,
        hint: 'there are: shops, towns',
      });
    });
  });

  it('only judges in a dry run', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      const before = await contents(session);
      expect(reportRolledBack(await undo(session, { dryRun: true }), true).summary).toBe(
        '4 rows would be deleted, 1 would be restored; nothing was changed',
      );
      expect(await contents(session)).toEqual(before);
      expect(tally(await undo(session))).toHaveLength(2);
    });
  });

  it('refuses the whole undo when somebody changed a row, names row and column, and touches nothing', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute("UPDATE town SET note = 'edited', area = 1 WHERE name = 'Bonn'");
      const before = await contents(session);
      await expect(undo(session)).rejects.toMatchObject({
        code: 'SEED_CHANGED_SINCE',
        exitCode: 77,
        problems: ['town (id) = (1): area, note changed'],
      });
      expect(await contents(session)).toEqual(before);
    });
  });

  it('keeps changed rows when told so, names them, and undoes the rest', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute("UPDATE town SET note = 'edited' WHERE name IN ('Bonn', 'Lyon')");
      const undone = await undo(session, { keepChanged: true });
      expect(tally(undone)).toEqual([
        ['shops', 2, 0, 0, 0],
        ['towns', 1, 0, 0, 2],
      ]);
      expect(undone.sets[1]!.kept.rows).toHaveLength(2);
      expect(await session.query('SELECT name, note FROM town ORDER BY name')).toEqual([
        { name: 'Bonn', note: 'edited' },
        { name: 'Lyon', note: 'edited' },
        { name: 'Troy', note: 'mine' },
      ]);
    });
  });

  it.each(['CASCADE', 'SET NULL', 'NO ACTION'])(
    "never sweeps away a person's child of a seeded parent (ON DELETE %s)",
    async (action) => {
      await shop.session(async (session) => {
        await session.execute(
          `CREATE TABLE visit (id int PRIMARY KEY, town_id bigint REFERENCES town ON DELETE ${action})`,
        );
        await seed(session, shop.project.input('r1'));
        await session.execute("INSERT INTO visit SELECT 1, id FROM town WHERE name = 'Lyon'");
        await expect(undo(session)).rejects.toMatchObject({
          code: 'SEED_CHANGED_SINCE',
          problems: [expect.stringContaining('rows of visit refer to it')],
        });
        expect(tally(await undo(session, { keepChanged: true }))).toEqual([
          ['shops', 2, 0, 0, 0],
          ['towns', 1, 1, 0, 1],
        ]);
        expect(await session.query('SELECT v.id, t.name FROM visit v JOIN town t ON t.id = v.town_id')).toEqual([
          { id: 1, name: 'Lyon' },
        ]);
      });
    },
  );

  it('keeps the parent of a seeded child that stays because it was changed', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute(`UPDATE shop SET facts = '{"mine": true}' WHERE code = 's2'`);
      expect(tally(await undo(session, { keepChanged: true }))).toEqual([
        ['shops', 1, 0, 0, 1],
        ['towns', 1, 1, 0, 1],
      ]);
      expect(await session.query('SELECT code, name FROM shop JOIN town ON town.id = town_id')).toEqual([
        { code: 's2', name: 'Lyon' },
      ]);
    });
  });

  it('takes a row that is gone as undone, also when a person made a new one with its key', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      await session.execute("DELETE FROM town WHERE country IN ('FR', 'IT')");
      await session.execute("INSERT INTO town (country, name, area) VALUES ('FR', 'Lyon', 47.87)");
      expect(tally(await undo(session))).toEqual([['towns', 0, 1, 2, 0]]);
      expect(await session.query("SELECT name FROM town WHERE country = 'FR'")).toEqual([{ name: 'Lyon' }]);
    });
  });

  it("puts back a person's edit that a later seed had overwritten", async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute("UPDATE town SET people = 42 WHERE name = 'Lyon'");
      const edited = await contents(session);
      await seed(session, shop.project.input('r2'));
      await undo(session);
      expect(await contents(session)).toEqual(edited);
    });
  });
});
