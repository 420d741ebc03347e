import { describe, expect, it } from 'vitest';
import { type DataSet, seed } from '../src/index.ts';
import { contents } from './shop.ts';
import { tally, undo, useShopWithTowns } from './undone-shop.ts';

const shop = useShopWithTowns();

describe('rollbackSeed among rows of others', () => {
  it('refuses when a policy hides children from it, which a cascade would take', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      await session.execute("INSERT INTO shop (code, town_id) SELECT 'of a person', id FROM town WHERE name = 'Lyon'");
      const before = await contents(session);
      await session.execute(
        `CREATE ROLE ${shop.database.name}_limited; GRANT ALL ON SCHEMA public, ops TO ${shop.database.name}_limited;
         GRANT ALL ON ALL TABLES IN SCHEMA public, ops TO ${shop.database.name}_limited; ALTER TABLE shop ENABLE ROW LEVEL SECURITY; SET ROLE ${shop.database.name}_limited`,
      );
      await expect(undo(session)).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining('row-level security policy for table "shop"'),
      });
      await session.execute(
        `RESET ROLE; DROP OWNED BY ${shop.database.name}_limited; DROP ROLE ${shop.database.name}_limited`,
      );
      expect(await contents(session)).toEqual(before);
    });
  });

  it('restores past a trigger that came since and lets no update happen', async () => {
    await shop.session(async (session) => {
      const before = await contents(session);
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      await session.execute(
        `CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
         CREATE TRIGGER keep BEFORE UPDATE ON town FOR EACH ROW EXECUTE FUNCTION keep()`,
      );
      expect(tally(await undo(session))).toEqual([['towns', 2, 1, 0, 0]]);
      expect(await contents(session)).toEqual(before);
    });
  });

  it('keeps rows that a trigger prevents from being deleted, and says so', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      const before = await contents(session);
      await session.execute(
        `CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
         CREATE TRIGGER stay BEFORE DELETE ON town FOR EACH ROW EXECUTE FUNCTION stay()`,
      );
      await expect(undo(session)).rejects.toMatchObject({
        code: 'SEED_UNDO_IMPOSSIBLE',
        message: 'towns cannot be undone in town: a trigger prevents the deletion of 2 rows',
      });
      expect(await contents(session)).toEqual(before);
    });
  });

  it('leaves the rows of a table that inherits, though they have the same keys and values', async () => {
    await shop.session(async (session) => {
      const before = await contents(session);
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      await session.execute(
        "CREATE TABLE village (mayor text) INHERITS (town); INSERT INTO village (id, country, name, note) SELECT id, country, name, note FROM ONLY town WHERE name = 'Lyon'",
      );
      expect(tally(await undo(session))).toEqual([['towns', 2, 1, 0, 0]]);
      expect(await session.query('SELECT name FROM village')).toEqual([{ name: 'Lyon' }]);
      await session.execute('DROP TABLE village');
      expect(await contents(session)).toEqual(before);
    });
  });

  it('undoes rows of two tables that refer to each other and go with each other', async () => {
    await shop.session(async (session) => {
      await session.execute(
        `CREATE TABLE hen (id int PRIMARY KEY, egg int); CREATE TABLE egg (id int PRIMARY KEY, hen int REFERENCES hen ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
         ALTER TABLE hen ADD FOREIGN KEY (egg) REFERENCES egg ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED; INSERT INTO hen VALUES (7, NULL)`,
      );
      const set = (name: string): DataSet => ({ name, table: name, file: `${name}.json`, key: ['id'] });
      const project = shop.replaceProject([set('hen'), set('egg')], {
        'hen.json': [{ id: 1, egg: 1 }],
        'egg.json': [{ id: 1, hen: 1 }],
      });
      await seed(session, project.input('r1'));
      expect(tally(await undo(session))).toEqual([
        ['hen', 1, 0, 0, 0],
        ['egg', 1, 0, 0, 0],
      ]);
      expect(await session.query('SELECT id FROM hen UNION ALL SELECT id FROM egg')).toEqual([{ id: 7 }]);
    });
  });
});
