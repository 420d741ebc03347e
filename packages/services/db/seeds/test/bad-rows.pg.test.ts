import { describe, expect, it } from 'vitest';
import { type DataSet, seed } from '../src/index.ts';
import { refusal } from './refusal.ts';
import { shops, townRows, towns } from './shop.ts';
import { useShop } from './use-shop.ts';

const shop = useShop();

const town = (over: Record<string, unknown>): Record<string, unknown> => ({ ...townRows[0], ...over });
const file = 'db/seeds/towns.json';

/** The problems of a towns.json, without the file's name. */
async function problemsOf(rows: unknown): Promise<readonly string[]> {
  const { code, exitCode, problems } = await refusal(shop, [towns], { 'towns.json': rows });
  expect([code, exitCode]).toEqual(['SEED_INVALID', 65]);
  for (const problem of problems) expect(problem.startsWith(`${file}:`)).toBe(true);
  return problems.map((problem) => problem.slice(file.length + 1));
}

describe('a file whose rows do not fit is refused before anything is written', () => {
  it.each<[string, unknown, string[]]>([
    [
      'broken JSON',
      '[\n{"state":"DE","name":"Bonn"},\n{"state":"DE" "name":"Ulm"}]',
      ['3:15: broken JSON: expected "," or "}", found "\\""'],
    ],
    [
      'a column that does not exist',
      [town({ mayor: 'x' }), town({ name: 'Ulm', mayor: 'y' })],
      ['2: mayor: town has no such column (it has state, name, people, area, tags, founded, note); in 2 rows'],
    ],
    [
      'a column under the name it has in the table',
      [{ ...town({}), country: 'DE' }],
      ['2: country: the manifest gives country another name'],
    ],
    [
      'a column that the table makes itself',
      [town({ id: 1, label: 'x' })],
      [
        '2: id: the table makes this value itself; leave it out',
        '2: label: the table makes this value itself; leave it out',
      ],
    ],
    [
      'a value of the wrong type',
      [town({}), town({ name: 'Ulm', people: 'many', founded: '2024-02-30' })],
      [
        '3:1: people: invalid input syntax for type integer: "many"',
        '3:1: founded: date/time field value out of range: "2024-02-30"',
      ],
    ],
    [
      'a fraction for a whole number',
      [town({ people: 1.5 })],
      ['2:1: people: invalid input syntax for type integer: "1.5"'],
    ],
    [
      'a number out of range',
      [town({ people: 3_000_000_000 })],
      ['2:1: people: value "3000000000" is out of range for type integer'],
    ],
    [
      'a value too long',
      [town({ name: 'Llanfairpwllgwyngyll' })],
      ['2:1: name: value too long for type character varying(12)'],
    ],
    ['an object where a text belongs', [town({ note: { a: 1 } })], ['2:1: note: expected text, found an object']],
    ['an array where a number belongs', [town({ people: [1] })], ['2:1: people: expected integer, found an array']],
    ['a NUL character', [town({ note: 'a\u0000b' })], ['2:1: note: a NUL character, which PostgreSQL cannot store']],
    [
      'half a surrogate pair',
      '[{"state":"DE","name":"\\ud800"}]',
      ['1:2: name: half of a \\ud… pair lacks its other half, and is not a character'],
    ],
    [
      'a byte that is no UTF-8',
      Buffer.from([...Buffer.from('[{"name":"'), 0xff, ...Buffer.from('"}]')]),
      ['1:11: byte 0xff is not UTF-8; save the file as UTF-8'],
    ],
    [
      'null where a value is required',
      [town({ note: null }), town({ name: 'Ulm' })],
      [
        '2:1: note: a value is required (give it in every row or in none)',
        '3:1: note: a value is required (give it in every row or in none)',
      ],
    ],
    [
      'no key',
      [{ state: 'DE', people: 3 }],
      ['name: town requires a value, and no row has one', ' name: belongs to the key of towns, and no row has it'],
    ],
    ['a check that fails', [town({ people: -1 })], ['2:1: people: the check town_people_check fails: (people >= 0)']],
    [
      'a duplicate natural key',
      [town({}), town({ name: 'Ulm' }), town({ people: 3 })],
      ['4:1: the key (country, name) = (DE, Bonn) is already at 2:1'],
    ],
    ['an empty file', '', [' the file is empty; a set without rows is [] in JSON, or the line of headings in CSV']],
    [
      'an object instead of an array',
      '{"towns": []}',
      ['1:1: expected an array of objects, found an object; put it into [ ]'],
    ],
  ])('%s', async (_what, rows, problems) => {
    expect((await problemsOf(rows)).map((problem) => problem.trim())).toEqual(
      problems.map((problem) => problem.trim()),
    );
  });

  it('tells every problem of every file at once', async () => {
    const { message, problems } = await refusal(shop, [towns, shops], {
      'towns.json': [town({ people: 'x' }), '?', town({ name: 'Ulm', mayor: 1, note: null }), town({ name: 'Ulm' })],
      'shops.csv': 'code,town.state,town.name,opened\ns1,DE,Ulm,yesterday at noon\ns1,DE,Köln,\n',
    });
    expect(message).toBe('the seed data has 7 problems');
    expect(problems).toEqual([
      'db/seeds/towns.json:2:1: people: invalid input syntax for type integer: "x"',
      'db/seeds/towns.json:3:1: a row must be an object, this is a string',
      expect.stringMatching(/^db\/seeds\/towns.json:4: mayor: town has no such column/),
      'db/seeds/towns.json:4:1: note: a value is required (give it in every row or in none)',
      'db/seeds/towns.json:5:1: note: a value is required (give it in every row or in none)',
      'db/seeds/towns.json:5:1: the key (country, name) = (DE, Ulm) is already at 4:1',
      // whether Köln exists is not judged while some rows of towns cannot be read
      'db/seeds/shops.csv:2:1: opened: invalid input syntax for type timestamp with time zone: "yesterday at noon"',
    ]);
  });

  it('shows the first fifty and counts the rest', async () => {
    const { message, problems } = await refusal(shop, [towns], {
      'towns.json': Array.from({ length: 130 }, (_, index) => town({ name: `T${index}`, people: 'x' })),
    });
    expect(message).toBe('the seed data has 130 problems');
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toBe('… and 80 more');
  });

  it('an unknown reference, or one that fits two rows', async () => {
    const loose: DataSet = { ...shops, references: { town_id: { set: 'towns', match: { name: 'town' } } } };
    const { problems } = await refusal(shop, [towns, loose], {
      'towns.json': [town({}), town({ state: 'US' })],
      'shops.csv': 'code,town\ns1,Bonn\ns2,Köln\ns3,\n',
    });
    expect(problems).toEqual([
      'db/seeds/shops.csv:2:1: town_id: 2 rows of towns have name = Bonn; match by more columns',
      'db/seeds/shops.csv:3:1: town_id: towns has no row with name = Köln',
      'db/seeds/shops.csv:4:1: town: a value is required',
    ]);
  });

  it('a reference to a row of the same file, which is not there when it is looked up', async () => {
    const own: DataSet = {
      ...{ name: 'rooms', table: 'room', file: 'rooms.json', key: ['code'] },
      references: { parent: { set: 'rooms', match: { code: 'parent' } } },
    };
    const { input } = shop.replaceProject([own], { 'rooms.json': [{ code: 'a' }, { code: 'b', parent: 'a' }] });
    await shop.session(async (session) => {
      await session.execute('CREATE TABLE room (code text PRIMARY KEY, parent text REFERENCES room)');
      await expect(seed(session, input('r1'))).rejects.toMatchObject({
        code: 'SEED_REFERENCE_UNRESOLVED',
        message: 'rooms: parent refers to a row of rooms that is not there yet: a',
      });
      expect(await session.query('SELECT FROM room')).toEqual([]);
      await session.execute('DROP TABLE room');
    });
  });

  it('a plain foreign key without its row', async () => {
    const { problems } = await refusal(shop, [{ ...shops, references: {} }], { 'shops.csv': 'code,town_id\ns1,12\n' });
    expect(problems).toEqual(['db/seeds/shops.csv:2:1: town_id: public.town has no row with id = 12']);
  });

  it('what only the table itself can know', async () => {
    const { input } = shop.replaceProject([towns], {
      'towns.json': [town({ note: 'a' }), town({ name: 'Ulm', note: 'a' })],
    });
    await shop.session(async (session) => {
      await session.execute('CREATE UNIQUE INDEX one_note ON town (note)');
      await expect(seed(session, input('r1'))).rejects.toMatchObject({
        code: 'SEED_REFUSED_BY_TABLE',
        exitCode: 65,
        problems: ['Key (note)=(a) already exists.'],
      });
      await session.execute('DROP INDEX one_note');
      expect(await session.query('SELECT FROM town')).toEqual([]);
    });
  });
});

it('a row that two sets give is refused, since they would write over each other for ever', async () => {
  const more: DataSet = { ...towns, name: 'more', file: 'more.json' };
  const files = { 'towns.json': townRows, 'more.json': [town({ name: 'Ulm' }), town({ people: 7 })] };
  const { problems } = await refusal(shop, [towns, more], files);
  expect(problems).toEqual([
    'db/seeds/more.json:3:1: the row (country, name) = (DE, Bonn) is in db/seeds/towns.json:2:1 too; a row belongs to one set',
  ]);
  // also when it comes into one of them later, and the other is as it was
  const { input, write } = shop.replaceProject([towns, more], { ...files, 'more.json': [town({ name: 'Ulm' })] });
  await shop.session(async (session) => {
    await seed(session, input('r1'));
    write('more.json', files['more.json']);
    await expect(seed(session, input('r2'))).rejects.toMatchObject({ code: 'SEED_INVALID', problems });
  });
});
