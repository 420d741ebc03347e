import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DataSet, planSeed } from '../src/index.ts';
import { refusal } from './refusal.ts';
import { shopRows, shops, townRows, towns } from './shop.ts';
import { useShop } from './use-shop.ts';

const shop = useShop();

describe('a file that must not or cannot be read is refused', () => {
  it.each<[string, NonNullable<DataSet['file']>, string]>([
    ['that is missing', 'none.json', 'db/seeds/none.json: there is no such file'],
    ['that is a directory', 'folder.json', 'db/seeds/folder.json: this is a directory, not a file'],
    ['outside the project', '../../../towns.json', '../towns.json: the file is outside the project'],
    [
      'outside the project by its absolute path',
      '/etc/passwd',
      expect.stringContaining('the file is outside the project') as unknown as string,
    ],
    [
      'that is a link out of the project',
      'link.json',
      'db/seeds/link.json: the file is a link that leaves the project',
    ],
    ['that is a link to itself', 'loop.json', 'db/seeds/loop.json: the link points to itself'],
    [
      'without a known ending',
      'towns.txt',
      'db/seeds/towns.txt: the extension names no format; name it .json, .ndjson or .csv, or give the set a `format`',
    ],
    [
      'of a package that is not there',
      { package: 'not-installed', file: 'a.json' },
      'not-installed/a.json: the package is not installed, or does not offer this file; it must be a dependency of the package that holds seeds.ts',
    ],
  ])('one %s', async (_what, path, problem) => {
    const { code, problems } = await refusal(
      shop,
      [{ ...towns, file: path }],
      { 'towns.txt': '[]' },
      ({ directory }) => {
        mkdirSync(join(directory, 'folder.json'));
        symlinkSync('/etc/hostname', join(directory, 'link.json'));
        symlinkSync('loop.json', join(directory, 'loop.json'));
      },
    );
    expect([code, problems]).toEqual(['SEED_INVALID', [problem]]);
  });
});

it('takes CSV with a byte order mark and CRLF', async () => {
  const { input } = shop.replaceProject([towns, shops], {
    'towns.json': townRows,
    'shops.csv': `\uFEFF${shopRows.replaceAll('\n', '\r\n')}`,
  });
  await shop.session(async (session) => {
    expect((await planSeed(session, input('r1'))).sets.map(({ inserts }) => inserts)).toEqual([3, 2]);
  });
});

it('refuses CSV whose lines end with CR alone, which would be all heading and no row', async () => {
  const set = { ...towns, file: 'towns.csv' };
  const { problems } = await refusal(shop, [set], { 'towns.csv': 'state,name\rDE,Bonn\r' });
  expect(problems).toEqual(['db/seeds/towns.csv:1: the lines end with CR alone; save the file with LF or CRLF']);
});

it.each([
  ['semicolons', 'state;name\nDE;Bonn\nFR;"Lyon, Rhône"\n'],
  ['semicolons', '"state";"name"\r\n"DE";"Bonn"\r\n'],
  ['tabs', 'state\tname\nDE\tBonn\n'],
])('says in one message that the headings are separated by %s', async (separator, content) => {
  const { problems } = await refusal(shop, [{ ...towns, file: 'towns.csv' }], { 'towns.csv': content });
  expect(problems).toEqual([
    `db/seeds/towns.csv:1: the headings are separated by ${separator}; save the file with commas`,
  ]);
});

it('names a field that one object has twice, instead of taking the last', async () => {
  const { problems } = await refusal(shop, [towns], {
    'towns.json': '[\n{"state": "DE", "name": "Bonn",\n "name": "Berlin"}\n]',
  });
  expect(problems).toEqual(['db/seeds/towns.json:3:2: the field "name" occurs twice in one object']);
});
