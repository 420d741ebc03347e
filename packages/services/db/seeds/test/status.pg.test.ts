import { expect, it } from 'vitest';
import { reportStatus, rollbackSeed, seed, seedStatus } from '../src/index.ts';
import { townRows } from './shop.ts';
import { useShop } from './use-shop.ts';

const shop = useShop();
const json = '[\n{"state":"DE","name":"Bonn"}\n]\n';
const csv = 'code,town.state,town.name,opened,facts\na,DE,Bonn,,"{""x"":\n1}"\nb,DE,Bonn,,\n';
const windows = (text: string): string => text.replaceAll('\n', '\r\n');

it('takes other line ends and a byte order mark for no change, and a line end inside of a value for one', async () => {
  await shop.session(async (session) => {
    const states = async (towns: string, shops: string): Promise<string[]> => {
      shop.project.write('towns.json', towns);
      shop.project.write('shops.csv', shops);
      return (await seedStatus(session, shop.project.input('r'))).map(({ name, state }) => `${name} ${state}`);
    };
    const loaded = async (towns: string, shops: string): Promise<void> => {
      await states(towns, shops);
      await seed(session, shop.project.input('r'));
    };
    await loaded(json, csv);
    expect(await states(json, csv)).toEqual(['shops loaded', 'towns loaded']);
    const records = csv.replaceAll(/\n(?!1)/g, '\r\n');
    expect(await states(windows(json), records)).toEqual(['shops layout', 'towns layout']);
    expect(await states(`\ufeff${json}`, `\ufeff${records}`)).toEqual(['shops layout', 'towns layout']);
    const status = reportStatus(await seedStatus(session, shop.project.input('r')));
    expect(status.summary).toBe('2 sets are loaded and their files unchanged');
    expect(status.lines?.[0]).toContain('other line ends or another byte order mark, which change no row');
    expect(await states(json.replace('Bonn', 'Köln'), windows(csv))).toEqual(['shops changed', 'towns changed']);

    await loaded(`\ufeff${windows(json)}`, `\ufeff${records}`);
    expect(await states(json, csv)).toEqual(['shops layout', 'towns layout']);
    expect(await states(json, csv.replace('b,DE', 'c,DE'))).toEqual(['shops changed', 'towns layout']);
  });
});

it('says of a set whose later load was undone that nobody has looked since, which is a finding', async () => {
  await shop.session(async (session) => {
    const status = async () => reportStatus(await seedStatus(session, shop.project.input('r')));
    await seed(session, shop.project.input('r1'));
    expect(await status()).toMatchObject({ findings: false });
    shop.project.write('towns.json', [{ ...townRows[0], people: 1 }, ...townRows.slice(1)]);
    expect(await status()).toMatchObject({ findings: true });
    await seed(session, shop.project.input('r2'));
    const undo = { set: 'towns', keepChanged: false, dryRun: false, run: { id: 'undo' } };
    await rollbackSeed(session, undo);
    const { findings, lines } = await status();
    expect([findings, lines?.[1]]).toEqual([true, expect.stringMatching(/^towns: loaded, .* was undone since/)]);
    await rollbackSeed(session, { ...undo, set: 'shops' });
    await rollbackSeed(session, undo);
    expect((await status()).lines?.[1]).toBe('towns: not loaded; nothing to undo');
  });
});
