import { migrateLedger } from '@opsgraph/ledger';
import type { Session } from '@opsgraph/postgres';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RollbackInput, type RollbackResult, reportRolledBack, rollbackSeed, seed } from '../src/index.ts';
import { makeProject, type Project } from './project.ts';
import { contents, freshShop, shopRows, shops, townRows, towns } from './shop.ts';

let database: TestDatabase;
let project: Project;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.session(migrateLedger);
});
afterAll(() => database.drop());

beforeEach(async () => {
  project = makeProject([towns, shops], { 'towns.json': townRows, 'shops.csv': shopRows });
  await database.session(async (session) => {
    await freshShop(session);
    // rows of a person, one of which the seed will update
    await session.execute(
      "INSERT INTO town (country, name, people, founded, note) VALUES ('DE', 'Bonn', 7, '1000-02-03 BC', 'mine'), ('US', 'Troy', 9, NULL, 'mine')",
    );
  });
});
afterEach(() => project.remove());

const undo = (session: Session, over: Partial<RollbackInput> = {}): Promise<RollbackResult> =>
  rollbackSeed(session, { keepChanged: false, dryRun: false, run: { id: 'undo' }, ...over });

const tally = ({ sets }: RollbackResult): unknown =>
  sets.map(({ name, deleted, restored, missing, kept }) => [name, deleted, restored, missing, kept.count]);

describe('rollbackSeed', () => {
  it('leaves everything as it was before the seed, to the letter', async () => {
    await database.session(async (session) => {
      const before = await contents(session);
      await seed(session, project.input('r1'));
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
    await database.session(async (session) => {
      const states = [await contents(session)];
      await seed(session, project.input('r1'));
      states.push(await contents(session));
      project.write('towns.json', [
        { ...townRows[0], people: 1, tags: null },
        { state: 'NL', name: 'Delft' },
      ]);
      await seed(session, project.input('r2'));
      for (const before of states.reverse()) {
        await undo(session);
        expect(await contents(session)).toEqual(before);
      }
    });
  });

  it('takes back one set, and refuses while rows of another that was seeded refer to it', async () => {
    await database.session(async (session) => {
      await seed(session, project.input('r1'));
      await expect(undo(session, { set: 'towns' })).rejects.toMatchObject({
        code: 'SEED_CHANGED_SINCE',
        problems: [expect.stringMatching(/^town \(id\) = \(\d+\): rows of shop refer to it$/)],
      });
      await undo(session, { set: 'shops' });
      expect(tally(await undo(session, { set: 'towns' }))).toEqual([['towns', 2, 1, 0, 0]]);
    });
  });

  it('only judges in a dry run', async () => {
    await database.session(async (session) => {
      await seed(session, project.input('r1'));
      const before = await contents(session);
      expect(reportRolledBack(await undo(session, { dryRun: true }), true).summary).toBe(
        '4 rows would be deleted, 1 would be put back; nothing was changed',
      );
      expect(await contents(session)).toEqual(before);
      expect(tally(await undo(session))).toHaveLength(2);
    });
  });

  it('refuses the whole undo when somebody changed a row, names row and column, and touches nothing', async () => {
    await database.session(async (session) => {
      await seed(session, project.input('r1'));
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
    await database.session(async (session) => {
      await seed(session, project.input('r1'));
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
      await database.session(async (session) => {
        await session.execute(
          `CREATE TABLE visit (id int PRIMARY KEY, town_id bigint REFERENCES town ON DELETE ${action})`,
        );
        await seed(session, project.input('r1'));
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
    await database.session(async (session) => {
      await seed(session, project.input('r1'));
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
    await database.session(async (session) => {
      await seed(session, project.input('r1', { sets: ['towns'] }));
      await session.execute("DELETE FROM town WHERE country IN ('FR', 'IT')");
      await session.execute("INSERT INTO town (country, name, area) VALUES ('FR', 'Lyon', 47.87)");
      expect(tally(await undo(session))).toEqual([['towns', 0, 1, 2, 0]]);
      expect(await session.query("SELECT name FROM town WHERE country = 'FR'")).toEqual([{ name: 'Lyon' }]);
    });
  });

  it("puts back a person's edit that a later seed had overwritten", async () => {
    await database.session(async (session) => {
      await seed(session, project.input('r1'));
      await session.execute("UPDATE town SET people = 42 WHERE name = 'Lyon'");
      const edited = await contents(session);
      await seed(session, project.input('r2'));
      await undo(session);
      expect(await contents(session)).toEqual(edited);
    });
  });

  it('works after columns were added and dropped, and says what cannot be put back', async () => {
    await database.session(async (session) => {
      await seed(session, project.input('r1'));
      await session.execute('ALTER TABLE town DROP COLUMN area, DROP COLUMN label, ADD COLUMN mayor text');
      const undone = await undo(session);
      expect(tally(undone)).toEqual([
        ['shops', 2, 0, 0, 0],
        ['towns', 2, 1, 0, 0],
      ]);
      expect(undone.sets[1]!.notes).toEqual([
        'the column area was dropped from town since: its former values in 1 rows cannot be put back',
        'added to town since and not looked at: mayor',
      ]);
      expect(await session.query('SELECT name, people, note FROM town ORDER BY name')).toEqual([
        { name: 'Bonn', people: 7, note: 'mine' },
        { name: 'Troy', people: 9, note: 'mine' },
      ]);
    });
  });

  it('refuses when the table is gone, and closes the ledger when told to go on', async () => {
    await database.session(async (session) => {
      await seed(session, project.input('r1'));
      await session.execute('DROP TABLE shop');
      await expect(undo(session)).rejects.toMatchObject({ code: 'SEED_TABLE_GONE', exitCode: 77 });
      expect(tally(await undo(session, { keepChanged: true }))).toEqual([
        ['shops', 0, 0, 2, 0],
        ['towns', 2, 1, 0, 0],
      ]);
    });
  });

  it('refuses when rows can no longer be told apart', async () => {
    await database.session(async (session) => {
      await seed(session, project.input('r1'));
      await session.execute('ALTER TABLE town DROP CONSTRAINT town_pkey CASCADE');
      await expect(undo(session, { set: 'towns' })).rejects.toMatchObject({ code: 'SEED_KEY_GONE', exitCode: 77 });
    });
  });

  it('restores former values past a trigger that writes the time, and lets the trigger live', async () => {
    await database.session(async (session) => {
      await session.execute("ALTER TABLE town ADD COLUMN updated_at timestamptz NOT NULL DEFAULT '2000-01-01'");
      await session.execute(
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END'",
      );
      await session.execute('CREATE TRIGGER touch BEFORE UPDATE ON town FOR EACH ROW EXECUTE FUNCTION touch()');
      const before = await contents(session);
      await seed(session, project.input('r1'));
      await undo(session);
      expect(await contents(session)).toEqual(before);
      expect(await session.query("SELECT tgenabled FROM pg_trigger WHERE tgname = 'touch'")).toEqual([
        { tgenabled: 'O' },
      ]);
    });
  });

  it('undoes parents whose counters a trigger keeps from their children', async () => {
    await database.session(async (session) => {
      await session.execute('ALTER TABLE town ADD COLUMN shops integer NOT NULL DEFAULT 0');
      await session.execute(`CREATE FUNCTION count_shops() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE town SET shops = (SELECT count(*) FROM shop WHERE town_id = town.id) WHERE id IN (NEW.town_id, OLD.town_id); RETURN NULL; END $$`);
      await session.execute(
        'CREATE CONSTRAINT TRIGGER count_shops AFTER INSERT OR DELETE ON shop DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_shops()',
      );
      const before = await contents(session);
      await seed(session, project.input('r1'));
      expect(await session.query('SELECT sum(shops)::int AS shops FROM town')).toEqual([{ shops: 2 }]);
      await undo(session);
      expect(await contents(session)).toEqual(before);
    });
  });

  it('refuses with a reason when what was replaced is taken by somebody now', async () => {
    await database.session(async (session) => {
      await session.execute('ALTER TABLE town ADD UNIQUE (people)');
      await seed(session, project.input('r1'));
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
    await database.session(async (session) => seed(session, project.input('r1')));
    await database.session(async (session) => {
      await session.execute(
        "SET DateStyle = 'German'; SET TimeZone = 'Asia/Tokyo'; SET extra_float_digits = -10; SET bytea_output = 'escape'",
      );
      expect(tally(await undo(session))).toHaveLength(2);
    });
  });
});
