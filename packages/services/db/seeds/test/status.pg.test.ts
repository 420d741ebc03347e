import { expect, it } from 'vitest';
import { reportStatus, seed, seedStatus } from '../src/index.ts';
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
