import { expect, it } from 'vitest';
import { planSeed, rollbackSeed, seed, seedStatus } from '../src/index.ts';
import { contents, counts } from './shop.ts';
import { useShop } from './use-shop.ts';

const shop = useShop();

/** Towns, and shops in them: `seed`, how many, and what else a row has. Each is another module, since Node keeps one it has read. */
function manifest({ seed: drawn = 7, towns = 400, row = '', begin = '' } = {}): void {
  shop.replaceProject([]).write(
    'seeds.ts',
    `${begin}
     function* towns(random) {
       for (let n = 1; n <= ${towns}; n += 1) yield { country: 'X', name: 'T' + n, people: random.integer(0, 9999), ${row} };
     }
     async function* shops(random) {
       for (let n = 1; n <= 2 * ${towns}; n += 1)
         yield { code: 's' + n, town: 'T' + random.integer(1, ${towns}), facts: { n: random.fraction() } };
     }
     export default [
       { name: 'towns', table: 'town', key: ['country', 'name'], generate: { seed: ${drawn}, rows: towns } },
       { name: 'shops', table: 'shop', key: ['code'], generate: { seed: ${drawn}, rows: shops },
         references: { town_id: { set: 'towns', match: { name: 'town' } } } },
     ];`,
  );
}

it('makes the same rows for the same seed, and knows the second time that nothing changed', async () => {
  await shop.session(async (session) => {
    manifest();
    expect(counts(await seed(session, shop.project.input('r1')))).toEqual({ towns: [400, 0, 0], shops: [800, 0, 0] });
    const before = await contents(session);
    manifest();
    const again = await seed(session, shop.project.input('r2'));
    expect(again.sets.map(({ known }) => known.by)).toEqual(['digest', 'digest']);
    expect((await seedStatus(session, shop.project.input('r'))).map(({ state }) => state)).toEqual([
      'loaded',
      'loaded',
    ]);
    await session.execute('DELETE FROM shop; UPDATE town SET people = 1 WHERE people % 2 = 0');
    await seed(session, shop.project.input('r3'));
    const text = (rows: unknown): string => JSON.stringify(rows).replaceAll(/"id":\d+|\(\d+,/g, '');
    expect(text(await contents(session))).toBe(text(before));
  });
});

it('notices another seed, other parameters, and a change in what the function calls', async () => {
  await shop.session(async (session) => {
    manifest();
    await seed(session, shop.project.input('r1'));
    manifest({ seed: 8 });
    expect((await planSeed(session, shop.project.input('p'))).sets[0]!.updates).toBeGreaterThan(300);
    manifest({ towns: 401 });
    expect((await planSeed(session, shop.project.input('p'))).sets[0]!.inserts).toBe(1);
    manifest({ row: 'note: says()', begin: "const says = () => 'none';" });
    expect((await planSeed(session, shop.project.input('p'))).sets[0]!.updates).toBe(0);
    manifest({ row: 'note: says()', begin: "const says = () => 'other';" });
    expect((await planSeed(session, shop.project.input('p'))).sets[0]!.updates).toBe(400);
  });
});

it('is undone to the letter', async () => {
  await shop.session(async (session) => {
    await session.execute("INSERT INTO town (country, name, people) VALUES ('X', 'T1', 70000), ('US', 'Troy', 9)");
    const before = await contents(session);
    manifest();
    await seed(session, shop.project.input('r1'));
    const { sets } = await rollbackSeed(session, { keepChanged: false, dryRun: false, run: { id: 'undo' } });
    expect(sets.map(({ deleted, restored }) => [deleted, restored])).toEqual([
      [800, 0],
      [399, 1],
    ]);
    expect(await contents(session)).toEqual(before);
  });
});

it.each([
  ['makes different rows each time', { row: 'area: Math.random()' }, 'SEED_NOT_REPRODUCIBLE', 78],
  ['throws', { row: 'area: random.pick([])' }, 'SEED_GENERATOR_FAILED', 78],
  ['makes rows that do not fit', { row: "area: 'wide'" }, 'SEED_INVALID', 65],
  ['has no whole number as seed', { seed: 1.5 }, 'SEED_MANIFEST_INVALID', 78],
])('refuses a function that %s, before anything is written', async (_what, over, code, exitCode) => {
  await shop.session(async (session) => {
    manifest(over);
    await expect(seed(session, shop.project.input('r1'))).rejects.toMatchObject({ code, exitCode });
    expect(await contents(session)).toEqual([]);
  });
});

it('says which row is wrong', async () => {
  await shop.session(async (session) => {
    manifest({ towns: 3, row: "area: n === 2 ? 'wide' : n" });
    await expect(seed(session, shop.project.input('r1'))).rejects.toMatchObject({
      problems: ['towns (generated):2:1: area: invalid input syntax for type numeric: "wide"'],
    });
  });
});

it('keeps few images in one row of the ledger when they are large, and undoes them', async () => {
  await shop.session(async (session) => {
    await session.execute("INSERT INTO town (country, name, note) VALUES ('X', 'T7', 'mine')");
    manifest({ towns: 40, row: `note: n + '"\\\\'.repeat(300_000)` });
    await seed(session, shop.project.input('r1', { sets: ['towns'] }));
    const [kept] = await session.query<{ most: number; images: number }>(
      'SELECT max(cardinality(after)) AS most, sum(cardinality(after))::int AS images FROM ops.seed_image',
    );
    expect(kept!.images).toBe(40);
    expect(kept!.most).toBeLessThan(30);
    await rollbackSeed(session, { keepChanged: false, dryRun: false, run: { id: 'undo' } });
    expect(await session.query('SELECT name, note FROM town')).toEqual([{ name: 'T7', note: 'mine' }]);
  });
});
