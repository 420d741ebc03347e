import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seed } from '../src/index.ts';
import { type Refusal, refusal } from './refusal.ts';
import { shops, townRows, towns } from './shop.ts';
import { useShop } from './use-shop.ts';

const shop = useShop();

describe('a manifest that does not fit is refused', () => {
  const withManifest = (text: string): Promise<Refusal> =>
    refusal(shop, [], {}, ({ directory }) => writeFileSync(join(directory, 'seeds.ts'), text));

  it('when it is no module, or exports no sets', async () => {
    expect((await withManifest('export default [')).code).toBe('SEED_MANIFEST_INVALID');
    expect((await withManifest('export default {}')).problems).toEqual([
      'its default export must be an array of data sets',
    ]);
    expect((await withManifest('export default [{ name: "a", tabel: "b", key: [] }]')).problems).toEqual([
      'a: table must be a string',
      'a: file must be a path, or { package, file }',
      'a: key must name at least one column',
      'a: unknown field tabel',
    ]);
  });

  it('when a part of a set has another shape, all of them at once', async () => {
    const set = '{ name: "a", table: "town", file: "a.json", key: ["name"]';
    const text = `export default [${set}, references: { id: null }, columns: "x", environments: "local" }, ${set}, references: { id: { set: 1 } } }]`;
    const references = 'a: references must be { column: { set, match: { column of that set: field of the file } } }';
    expect((await withManifest(text)).problems).toEqual([
      'a: columns must be { field of the file: column of the table, or null }',
      references,
      'a: environments must be a list of names',
      references,
    ]);
  });

  it('when sets share a name or refer to none', async () => {
    expect(
      (await refusal(shop, [towns, towns, { ...shops, references: { town_id: { set: 'cities', match: {} } } }], {}))
        .problems,
    ).toEqual([
      'towns: there are two sets of this name',
      'shops: town_id refers to the set cities, which does not exist',
      'shops: town_id must match at least one column of cities',
    ]);
  });

  it('when the table is missing, a column, or the unique index', async () => {
    const { code, exitCode, problems } = await refusal(
      shop,
      [
        { ...towns, table: 'village' },
        { ...shops, key: ['opened', 'size'], references: {} },
      ],
      {},
    );
    expect([code, exitCode]).toEqual(['SEED_TABLE_UNFIT', 78]);
    expect(problems).toEqual([
      'towns: the database has no table village; is it migrated?',
      'shops: the table shop has no column size',
      expect.stringContaining(
        'shops: the table shop has no unique index on exactly (opened, size), so its rows cannot be told apart',
      ),
    ]);
  });

  it('when it is a view, with what it is', async () => {
    await shop.session((session) =>
      session.execute('CREATE OR REPLACE VIEW capital AS SELECT country, name FROM town'),
    );
    const { problems } = await refusal(shop, [{ ...towns, table: 'capital' }], { 'towns.json': [] });
    expect(problems).toEqual([expect.stringContaining('towns: capital is a view; only the rows of a table')]);
  });

  it('when a set is asked for that does not exist, or is for other environments', async () => {
    const { input } = shop.replaceProject([{ ...towns, environments: ['staging'] }], { 'towns.json': townRows });
    await shop.session(async (session) => {
      await expect(seed(session, input('r1', { sets: ['town'] }))).rejects.toMatchObject({
        code: 'SEED_SET_UNKNOWN',
        exitCode: 64,
        hint: 'the sets are: towns',
      });
      await expect(seed(session, input('r1', { sets: ['towns'] }))).rejects.toMatchObject({
        code: 'SEED_SET_ELSEWHERE',
        exitCode: 77,
      });
      expect(await seed(session, input('r1'))).toEqual({ sets: [] });
    });
  });
});
