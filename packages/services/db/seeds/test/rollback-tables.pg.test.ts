import { describe, expect, it } from 'vitest';
import { seed } from '../src/index.ts';
import { contents } from './shop.ts';
import { tally, undo, useShopWithTowns } from './undone-shop.ts';

const shop = useShopWithTowns();

describe('rollbackSeed of a table that changed or has a will of its own', () => {
  it('works after columns were added and dropped, and says what cannot be put back', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute('ALTER TABLE town DROP COLUMN area, DROP COLUMN label, ADD COLUMN mayor text');
      const undone = await undo(session);
      expect(tally(undone)).toEqual([
        ['shops', 2, 0, 0, 0],
        ['towns', 2, 1, 0, 0],
      ]);
      expect(undone.sets[1]!.notes).toEqual([
        'the column area was dropped from town since: its former values in 1 rows cannot be restored',
        'added to town since and not compared: mayor',
      ]);
      expect(await session.query('SELECT name, people, note FROM town ORDER BY name')).toEqual([
        { name: 'Bonn', people: 7, note: 'mine' },
        { name: 'Troy', people: 9, note: 'mine' },
      ]);
    });
  });

  it('refuses when the table is gone, and closes the ledger when told to go on', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute('DROP TABLE shop');
      await expect(undo(session)).rejects.toMatchObject({ code: 'SEED_TABLE_GONE', exitCode: 77 });
      expect(tally(await undo(session, { keepChanged: true }))).toEqual([
        ['shops', 0, 0, 2, 0],
        ['towns', 2, 1, 0, 0],
      ]);
    });
  });

  it('refuses when rows can no longer be told apart', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute('ALTER TABLE town DROP CONSTRAINT town_pkey CASCADE');
      await expect(undo(session, { set: 'towns' })).rejects.toMatchObject({ code: 'SEED_KEY_GONE', exitCode: 77 });
    });
  });

  it('restores former values past a trigger that writes the time, and lets the trigger live', async () => {
    await shop.session(async (session) => {
      await session.execute("ALTER TABLE town ADD COLUMN updated_at timestamptz NOT NULL DEFAULT '2000-01-01'");
      await session.execute(
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END'",
      );
      await session.execute('CREATE TRIGGER touch BEFORE UPDATE ON town FOR EACH ROW EXECUTE FUNCTION touch()');
      // One of another table, which must not be looked for in this one.
      await session.execute('CREATE TRIGGER other BEFORE TRUNCATE ON shop EXECUTE FUNCTION touch()');
      const before = await contents(session);
      await seed(session, shop.project.input('r1'));
      await undo(session);
      expect(await contents(session)).toEqual(before);
      expect(await session.query("SELECT tgenabled FROM pg_trigger WHERE tgname = 'touch'")).toEqual([
        { tgenabled: 'O' },
      ]);
    });
  });

  it('undoes parents whose counters a trigger keeps from their children', async () => {
    await shop.session(async (session) => {
      await session.execute('ALTER TABLE town ADD COLUMN shops integer NOT NULL DEFAULT 0');
      await session.execute(`CREATE FUNCTION count_shops() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE town SET shops = (SELECT count(*) FROM shop WHERE town_id = town.id) WHERE id IN (NEW.town_id, OLD.town_id); RETURN NULL; END $$`);
      await session.execute(
        'CREATE CONSTRAINT TRIGGER count_shops AFTER INSERT OR DELETE ON shop DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_shops()',
      );
      const before = await contents(session);
      await seed(session, shop.project.input('r1'));
      expect(await session.query('SELECT sum(shops)::int AS shops FROM town')).toEqual([{ shops: 2 }]);
      await undo(session);
      expect(await contents(session)).toEqual(before);
    });
  });

  it('refuses with a reason when what was replaced is taken by somebody now', async () => {
    await shop.session(async (session) => {
      await session.execute('ALTER TABLE town ADD UNIQUE (people)');
      await seed(session, shop.project.input('r1'));
      await session.execute("INSERT INTO town (country, name, people) VALUES ('ES', 'Jaca', 7)");
      const before = await contents(session);
      await expect(undo(session)).rejects.toMatchObject({
        code: 'SEED_UNDO_IMPOSSIBLE',
        exitCode: 77,
        problems: ['Key (people)=(7) already exists.'],
      });
      expect(await contents(session)).toEqual(before);
    });
  });

  it('sees rows as unchanged whatever the settings of the session', async () => {
    await shop.session(async (session) => seed(session, shop.project.input('r1')));
    await shop.session(async (session) => {
      await session.execute(
        "SET DateStyle = 'German'; SET TimeZone = 'Asia/Tokyo'; SET extra_float_digits = -10; SET bytea_output = 'escape'",
      );
      expect(tally(await undo(session))).toHaveLength(2);
    });
  });
});
