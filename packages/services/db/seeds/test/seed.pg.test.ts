import { untilWaiting } from '@opsgraph/testing';
import { describe, expect, it } from 'vitest';
import { planSeed, reportPlanned, reportSeeded, reportStatus, rollbackSeed, seed, seedStatus } from '../src/index.ts';
import { contents, counts, townRows } from './shop.ts';
import { useShop } from './use-shop.ts';

const shop = useShop();

describe('seed', () => {
  it('loads every value as the file has it, parents first, whatever the order of the manifest', async () => {
    await shop.session(async (session) => {
      expect(counts(await seed(session, shop.project.input('r1')))).toEqual({ towns: [3, 0, 0], shops: [2, 0, 0] });
      expect(
        await session.query(
          'SELECT country, name, people, area::text, tags, founded::text, note, label FROM town ORDER BY country',
        ),
      ).toEqual([
        {
          country: 'DE',
          name: 'Bonn',
          people: 330000,
          area: '141.06',
          tags: ['rhine', 'a "quoted", one'],
          founded: '0011-01-01',
          note: 'none',
          label: 'Bonn, DE',
        },
        {
          country: 'FR',
          name: 'Lyon',
          people: null,
          area: '47.87',
          tags: [],
          founded: null,
          note: 'none',
          label: 'Lyon, FR',
        },
        {
          country: 'IT',
          name: 'Bari\tè',
          people: 320000,
          area: null,
          tags: null,
          founded: null,
          note: 'none',
          label: 'Bari\tè, IT',
        },
      ]);
      expect(
        await session.query('SELECT code, label, opened, facts FROM shop JOIN town ON town.id = town_id ORDER BY code'),
      ).toEqual([
        { code: 's1', label: 'Bonn, DE', opened: new Date('2024-05-01T08:00:00Z'), facts: { floors: 2 } },
        { code: 's2', label: 'Lyon, FR', opened: null, facts: null },
      ]);
    });
  });

  it('changes nothing the second time, and says that file and table are what the first run left', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      const before = await session.query(
        'SELECT ctid::text, xmin::text FROM town UNION ALL SELECT ctid::text, xmin::text FROM shop',
      );
      const again = await seed(session, shop.project.input('r2'));
      expect(again.sets.map(({ unchanged, known }) => [unchanged, known])).toEqual([
        [3, { by: 'digest', since: 'r1', seenAt: expect.any(Date) }],
        [2, { by: 'digest', since: 'r1', seenAt: expect.any(Date) }],
      ]);
      expect(
        await session.query(
          'SELECT ctid::text, xmin::text FROM town UNION ALL SELECT ctid::text, xmin::text FROM shop',
        ),
      ).toEqual(before);
      expect(reportSeeded(again)).toMatchObject({
        summary: 'all 5 rows of 2 sets are as their files say',
        changes: [],
      });
    });
  });

  it('compares each row when somebody else has added one, and then knows again', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute("INSERT INTO town (country, name) VALUES ('ES', 'Jaca')");
      expect((await seed(session, shop.project.input('r2'))).sets[0]).toMatchObject({
        unchanged: 3,
        known: { by: 'comparison' },
      });
      expect((await seed(session, shop.project.input('r3'))).sets[0]).toMatchObject({
        unchanged: 3,
        known: { by: 'digest', since: 'r2' },
      });
    });
  });

  it('puts back rows that were edited or deleted though the file is the same, and says so', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute("UPDATE town SET people = 1 WHERE name = 'Bonn'");
      await session.execute("DELETE FROM town WHERE country = 'IT'");
      const again = await seed(session, shop.project.input('r2'));
      expect(counts(again)).toEqual({ towns: [1, 1, 1], shops: [0, 0, 2] });
      expect(again.sets[0]!.isRepair).toBe(true);
      expect(await session.query('SELECT people FROM town ORDER BY country')).toEqual([
        { people: 330000 },
        { people: null },
        { people: 320000 },
      ]);
    });
  });

  it('gives a unique value that a row gave up to a new row, and undoes that', async () => {
    await shop.session(async (session) => {
      await session.execute('ALTER TABLE town ADD UNIQUE (note)');
      const set = { sets: ['towns'] };
      shop.project.write('towns.json', [{ state: 'DE', name: 'Bonn', note: 'capital' }]);
      await seed(session, shop.project.input('r1', set));
      const before = await session.query('SELECT town::text AS row FROM town');
      shop.project.write('towns.json', [
        { state: 'DE', name: 'Berlin', note: 'capital' },
        { state: 'DE', name: 'Bonn', note: 'none any more' },
      ]);
      expect(counts(await seed(session, shop.project.input('r2', set)))).toEqual({ towns: [1, 1, 0] });
      await rollbackSeed(session, { keepChanged: false, dryRun: false, run: { id: 'undo' } });
      expect(await session.query('SELECT town::text AS row FROM town')).toEqual(before);
    });
  });

  it('lets a row that was there refer to a new row of its table, and undoes that', async () => {
    await shop.session(async (session) => {
      await session.execute(
        'CREATE TABLE part (id int PRIMARY KEY, of int REFERENCES part ON DELETE CASCADE); INSERT INTO part VALUES (1, NULL)',
      );
      const { input } = shop.replaceProject([{ name: 'parts', table: 'part', file: 'parts.json', key: ['id'] }], {
        'parts.json': [{ id: 1, of: 2 }, { id: 2 }],
      });
      expect(counts(await seed(session, input('r1')))).toEqual({ parts: [1, 1, 0] });
      await rollbackSeed(session, { keepChanged: false, dryRun: false, run: { id: 'undo' } });
      expect(await session.query('SELECT * FROM part')).toEqual([{ id: 1, of: null }]);
    });
  });

  it('leaves equal rows, strangers and rows no longer in the file alone, and updates only what differs', async () => {
    await shop.session(async (session) => {
      await session.execute(
        "INSERT INTO town (country, name, people, note) VALUES ('DE', 'Bonn', 7, 'mine'), ('US', 'Troy', 9, 'mine')",
      );
      expect(counts(await seed(session, shop.project.input('r1')))).toMatchObject({ towns: [2, 1, 0] });
      shop.project.write('towns.json', [townRows[0], { ...townRows[1], people: 522000 }]);
      expect(counts(await seed(session, shop.project.input('r2')))).toMatchObject({ towns: [0, 1, 1] });
      expect(await session.query('SELECT name, people, note FROM town ORDER BY name')).toEqual([
        { name: 'Bari\tè', people: 320000, note: 'none' },
        { name: 'Bonn', people: 330000, note: 'mine' },
        { name: 'Lyon', people: 522000, note: 'none' },
        { name: 'Troy', people: 9, note: 'mine' },
      ]);
    });
  });

  it('takes one set alone, its references from the table', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1', { sets: ['towns'] }));
      expect(await session.query('SELECT FROM shop')).toEqual([]);
      expect(counts(await seed(session, shop.project.input('r2', { sets: ['shops'] })))).toEqual({ shops: [2, 0, 0] });
    });
  });

  it('takes a file without rows', async () => {
    shop.project.write('towns.json', '[]');
    shop.project.write('shops.csv', 'code,town.state,town.name\n');
    expect(counts(await shop.session((session) => seed(session, shop.project.input('r1'))))).toEqual({
      towns: [0, 0, 0],
      shops: [0, 0, 0],
    });
  });

  it('writes nothing when it is interrupted in the middle, and all when run again', async () => {
    const stop = new AbortController();
    await shop.session(async (stranger) => {
      await stranger.execute('BEGIN');
      await stranger.execute('LOCK TABLE shop IN SHARE MODE');
      const seeding = shop.session((session) => seed(session, shop.project.input('r1')), { signal: stop.signal });
      await untilWaiting(stranger);
      stop.abort(new Error('stopped'));
      await expect(seeding).rejects.toThrow('stopped');
      await stranger.execute('COMMIT');
      expect(await contents(stranger)).toEqual([]);
      expect(await stranger.query('SELECT FROM ops.seed_load')).toEqual([]);
    });
    expect(counts(await shop.session((session) => seed(session, shop.project.input('r2'))))).toEqual({
      towns: [3, 0, 0],
      shops: [2, 0, 0],
    });
  });
});

describe('planSeed', () => {
  it('counts and shows what seed would do, and writes nothing', async () => {
    await shop.session(async (session) => {
      await session.execute("INSERT INTO town (country, name, people) VALUES ('DE', 'Bonn', 7)");
      const before = await contents(session);
      const plan = await planSeed(session, shop.project.input('r1'));
      expect(plan.sets).toMatchObject([
        { name: 'towns', inserts: 2, updates: 1, unchanged: 0 },
        { name: 'shops', inserts: 2, updates: 0, unchanged: 0 },
      ]);
      expect(reportPlanned(plan).lines).toContain('  insert (FR, Lyon): area "47.87", tags "{}"');
      expect(reportPlanned(plan).lines?.join('\n')).toContain(
        'update (DE, Bonn): people "7" → "330000", area null → "141.06"',
      );
      expect(await contents(session)).toEqual(before);
      await seed(session, shop.project.input('r2'));
      expect(reportPlanned(await planSeed(session, shop.project.input('r3'))).summary).toBe('nothing would change');
    });
  });
});

describe('seedStatus', () => {
  it('tells what is loaded, by whom, and which file changed since', async () => {
    await shop.session(async (session) => {
      expect((await seedStatus(session, shop.project.input('r'))).map(({ state }) => state)).toEqual(['new', 'new']);
      await seed(session, shop.project.input('r1'));
      shop.project.write('towns.json', '[]');
      const status = await seedStatus(session, shop.project.input('r'));
      expect(status).toMatchObject([
        { name: 'shops', state: 'loaded', lastRun: 'r1', rows: 2, inserted: 2, standingRuns: 1 },
        { name: 'towns', state: 'changed', lastRun: 'r1', rows: 3, inserted: 3 },
      ]);
      expect(reportStatus(status).summary).toBe('1 of 2 sets are loaded and unchanged');
    });
  });
});
