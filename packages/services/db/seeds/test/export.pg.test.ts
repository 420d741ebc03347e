import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '@opsgraph/postgres';
import { describe, expect, it } from 'vitest';
import { type ExportInput, type ExportResult, exportSeed, reportExported, seed } from '../src/index.ts';
import { counts } from './shop.ts';
import { useShop } from './use-shop.ts';

const shop = useShop();

const write = (session: Session, over: Partial<ExportInput> & { table: string }): Promise<ExportResult> =>
  exportSeed(session, {
    directory: shop.project.directory,
    projectRoot: shop.project.root,
    ...{ key: [], without: [], mayReplace: false, mayLeaveProject: false, dryRun: false },
    ...over,
  });

const read = (file: string): string => readFileSync(join(shop.project.directory, file), 'utf8');

/** Every row of both tables without the ids, which another database assigns for itself. */
const rows = (session: Session): Promise<unknown[]> =>
  session.query(
    `SELECT (to_jsonb(town) - 'id')::text AS row, ROW(area, tags, people)::text AS exact FROM town
     UNION ALL SELECT (to_jsonb(shop) - 'id' - 'town_id' || jsonb_build_object('town', town.label))::text, facts::text FROM shop JOIN town ON town.id = town_id ORDER BY 1`,
  );

describe.each(['ndjson', 'json', 'csv'] as const)('an export as %s', (format) => {
  it('seeds back to the same rows, and is the same bytes again', async () => {
    await shop.session(async (session) => {
      await seed(session, shop.project.input('r1'));
      await session.execute(`UPDATE town SET area = '1.50', note = E'a "q",\\n\\\\ é' WHERE name = 'Lyon';
        UPDATE town SET area = 'NaN', tags = '[2:3]={a,NULL}', note = '' WHERE name = 'Bonn';
        INSERT INTO town (country, name, area, tags) VALUES ('A', ' x ', 123456789012345678901234567890.1, '{NULL,"null",""}');
        UPDATE shop SET facts = '{"10": 1, "b": [1.25, "1.50"]}', opened = '0044-03-15 BC' WHERE code = 's2'`);
      const before = await rows(session);
      const files = [await write(session, { table: 'town', format }), await write(session, { table: 'shop', format })];
      const bytes = files.map(({ path }) => readFileSync(path, 'utf8'));
      expect(files.map(({ rows: count, state }) => [count, state])).toEqual([
        [4, 'created'],
        [2, 'created'],
      ]);
      const sets = files.map(({ entry }) => entry);
      await session.execute('TRUNCATE town CASCADE; DELETE FROM ops.seed_load; DELETE FROM ops.seed_state');
      const other = shop.replaceProject(sets);
      for (const [index, { file }] of sets.entries()) other.write(file as string, bytes[index]);
      expect(counts(await seed(session, other.input('r2')))).toEqual({ towns: [4, 0, 0], shops: [2, 0, 0] });
      expect(await rows(session)).toEqual(before);
      const again = [await write(session, { table: 'town', format }), await write(session, { table: 'shop', format })];
      expect(again.map(({ state }) => state)).toEqual(['unchanged', 'unchanged']);
    });
  });
});

it('resolves references to natural keys, in the order of the natural key', async () => {
  await shop.session(async (session) => {
    await seed(session, shop.project.input('r1'));
    const result = await write(session, { table: 'shop', where: "t.code <> 'none' -- all" });
    expect(read('shop.ndjson')).toBe(
      '{"code":"s1","town":{"country":"DE","name":"Bonn"},"opened":"2024-05-01 08:00:00+00","facts":{"floors": 2}}\n' +
        '{"code":"s2","town":{"country":"FR","name":"Lyon"},"opened":null,"facts":null}\n',
    );
    expect(statSync(result.path).mode & 0o777).toBe(0o600);
    expect(reportExported(result, false)).toMatchObject({
      summary: `2 rows of shop written to ${result.path}`,
      lines: [
        'left out, since the table makes them or --without says so: id',
        'seeds.ts needs this entry:',
        '  {',
        "    name: 'shops',",
        "    table: 'shop',",
        "    file: 'shop.ndjson',",
        "    key: ['code'],",
        '    references: {',
        "      town_id: { set: 'towns', match: { country: 'town.country', name: 'town.name' } },",
        '    },',
        '  },',
      ],
    });
  });
});

it('takes only the rows of the condition', async () => {
  await shop.session(async (session) => {
    await seed(session, shop.project.input('r1'));
    expect((await write(session, { table: 'town', where: 'people > 320000', format: 'csv' })).rows).toBe(1);
    expect(read('town.csv')).toBe(
      'country,name,people,area,tags,founded,note\nDE,Bonn,330000,141.06,"{rhine,""a \\""quoted\\"", one""}",0011-01-01,none\n',
    );
    expect((await write(session, { table: 'town', where: 'false', format: 'json' })).rows).toBe(0);
    expect(JSON.parse(read('town.json'))).toEqual([]);
  });
});

it.each([
  ['true); DROP TABLE shop; --', 'SEED_EXPORT_WHERE'],
  ['true); COMMIT; DELETE FROM shop; SELECT (1', 'SEED_EXPORT_WHERE'],
  ["nextval('town_id_seq') > 0", 'SEED_EXPORT_WHERE'],
  ['no_such_column = 1', 'SEED_EXPORT_WHERE'],
  ['people = ', 'SEED_EXPORT_WHERE'],
  ['1 / (people - people) = 1', 'SEED_EXPORT_WHERE'],
  ["name = 'open", 'SEED_EXPORT_WHERE'],
  ["set_config('transaction_read_only', 'off', true) = 'off'", 'SEED_EXPORT_WHERE'],
  ['name = $2', 'SEED_EXPORT_WHERE'],
])('refuses the condition %s, and nothing is changed', async (where, code) => {
  await shop.session(async (session) => {
    await seed(session, shop.project.input('r1'));
    const before = await rows(session);
    await expect(write(session, { table: 'town', where })).rejects.toMatchObject({ code, exitCode: 64 });
    expect(await rows(session)).toEqual(before);
    expect(readdirSync(shop.project.directory).sort()).toEqual(['seeds.ts', 'shops.csv', 'towns.json']);
  });
});

it('writes no file where none may be, and over none that holds something else', async () => {
  await shop.session(async (session) => {
    await seed(session, shop.project.input('r1'));
    const at = (path: string): string => join(shop.project.directory, path);
    mkdirSync(at('folder.json'));
    symlinkSync('/etc/hostname', at('link.json'));
    symlinkSync('/tmp', at('elsewhere'));
    writeFileSync(at('mine.json'), 'mine');
    for (const [out, code] of [
      ['folder.json', 'FILE_EXISTS'],
      ['link.json', 'FILE_EXISTS'],
      ['elsewhere/town.json', 'FILE_OUTSIDE_PROJECT'],
      ['../../../town.json', 'FILE_OUTSIDE_PROJECT'],
      ['none/town.json', 'FILE_NOT_CREATED'],
      ['mine.json', 'FILE_EXISTS'],
    ] as const)
      await expect(write(session, { table: 'town', out: at(out) }), out).rejects.toMatchObject({ code });
    expect(read('mine.json')).toBe('mine');
    expect((await write(session, { table: 'town', out: at('mine.json'), mayReplace: true, dryRun: true })).rows).toBe(
      3,
    );
    expect(read('mine.json')).toBe('mine');
    expect((await write(session, { table: 'town', out: at('mine.json'), mayReplace: true })).state).toBe('replaced');
    expect(JSON.parse(read('mine.json'))).toHaveLength(3);
    expect(readdirSync(shop.project.directory).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

it('clears the draft away that an export left which was killed, and leaves that of one at work', async () => {
  await shop.session(async (session) => {
    await seed(session, shop.project.input('r1'));
    const { directory } = shop.project;
    const [dead, alive, other] = [
      `.town.ndjson.${2 ** 22 + 7}-0123456789ab.part`,
      `.town.ndjson.${process.pid}-0123456789ab.part`,
      '.town.ndjson.mine.part',
    ];
    for (const name of [dead, alive, other]) writeFileSync(join(directory, name!), '');
    await write(session, { table: 'town' });
    const left = readdirSync(directory).filter((name) => name.endsWith('.part'));
    expect(left.sort()).toEqual([alive, other].sort());
  });
});

it('says of a table why it cannot seed back', async () => {
  await shop.session(async (session) => {
    await session.execute(`
      CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shop_id bigint REFERENCES shop, at date);
      CREATE TABLE room (code text PRIMARY KEY, visit_id bigint REFERENCES visit, parent text REFERENCES room, facts jsonb)`);
    const problemsOf = (over: Partial<ExportInput> & { table: string }): Promise<unknown> =>
      write(session, over).then(
        () => [],
        (error: { code: string; problems: string[] }) => [error.code, ...error.problems],
      );
    for (const table of ['village', 'a.b.c.d', '"', 'town"; --', '.', 'pg_class\\', 'public."village"'])
      expect(await problemsOf({ table })).toEqual([
        'SEED_EXPORT_IMPOSSIBLE',
        `the database has no table ${table}; is it migrated?`,
      ]);
    expect(await problemsOf({ table: 'visit', key: ['at'], without: ['shape'] })).toEqual([
      'SEED_EXPORT_IMPOSSIBLE',
      'the table visit has no column shape to leave out',
      'visit has no unique index on exactly (at)',
    ]);
    expect(await problemsOf({ table: 'room' })).toEqual([
      'SEED_EXPORT_IMPOSSIBLE',
      expect.stringContaining(
        'visit_id refers to visit by a value that another database generates for itself, and visit has no',
      ),
    ]);
    await session.execute("INSERT INTO room (code, facts) VALUES ('a', '1.50')");
    const without = ['visit_id'];
    expect(await problemsOf({ table: 'room', without })).toEqual(['SEED_EXPORT_INEXACT']);
    expect((await write(session, { table: 'room', without, format: 'csv' })).entry.key).toEqual(['code']);
  });
});

it('refuses two tables that refer to each other, until the manifest says which is first', async () => {
  await shop.session(async (session) => {
    await session.execute('ALTER TABLE town ADD main_shop bigint REFERENCES shop; ALTER TABLE shop ADD UNIQUE (id)');
    shop.replaceProject([]);
    await expect(write(session, { table: 'town' })).rejects.toMatchObject({
      problems: [expect.stringContaining('whose rows refer to rows of town again')],
    });
    await expect(write(session, { table: 'shop' })).rejects.toMatchObject({
      problems: [expect.stringContaining('whose rows refer to rows of shop again')],
    });
    const { entry } = await write(session, { table: 'town', without: ['main_shop'] });
    shop.replaceProject([entry]);
    expect((await write(session, { table: 'shop' })).entry.references).toEqual({
      town_id: { set: 'town', match: { country: 'town.country', name: 'town.name' } },
    });
  });
});

it('of a table with an odd name gives an entry that finds it, and a file of a plain name', async () => {
  await shop.session(async (session) => {
    await session.execute(
      `CREATE TABLE "We""ird ../Ta.ble" ("K ey" text PRIMARY KEY, "a.b" text); INSERT INTO "We""ird ../Ta.ble" VALUES ('a', 'x')`,
    );
    const { entry, path } = await write(session, { table: '"We""ird ../Ta.ble"' });
    expect(entry).toMatchObject({ name: 'We-ird-Ta-ble', file: 'We-ird-Ta-ble.ndjson', table: '"We""ird ../Ta.ble"' });
    const other = shop.replaceProject([entry], { [entry.file as string]: readFileSync(path, 'utf8') });
    expect(counts(await seed(session, other.input('r1')))).toEqual({ 'We-ird-Ta-ble': [0, 0, 1] });
  });
});

it('of an empty table seeds back, too', async () => {
  await shop.session(async (session) => {
    for (const format of ['ndjson', 'json', 'csv'] as const) {
      shop.replaceProject([]);
      const { entry, path } = await write(session, { table: 'town', format });
      const bytes = readFileSync(path, 'utf8');
      const other = shop.replaceProject([entry], { [entry.file as string]: bytes });
      expect(counts(await seed(session, other.input('r1')))).toEqual({ town: [0, 0, 0] });
    }
  });
});

it('has flat memory and one moment, however many rows', async () => {
  await shop.session(async (session) => {
    await session.execute("INSERT INTO town (country, name) SELECT 'X', 'T' || n FROM generate_series(1, 5500) n");
    const seen: number[] = [];
    const { rows: count } = await write(session, { table: 'town', onRows: (done) => seen.push(done) });
    expect(count).toBe(5500);
    expect(read('town.ndjson').trimEnd().split('\n')).toHaveLength(5500);
    expect(seen.slice(0, 3)).toEqual([0, 1000, 2000]);
  });
});

it('takes the sets it needs from a project without a manifest, too', async () => {
  shop.replaceProject([]);
  await shop.session(async (session) => {
    const { missingSets, entry } = await write(session, { table: 'shop' });
    expect([missingSets, entry.name]).toEqual([['town'], 'shop']);
  });
});
