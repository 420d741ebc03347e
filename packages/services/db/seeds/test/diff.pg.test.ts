import type { Session } from '@opsgraph/postgres';
import type { TaskReport } from '@opsgraph/report';
import { expect, it } from 'vitest';
import { planSeed, reportDiff, reportSeeded, rollbackSeed, seed } from '../src/index.ts';
import { contents, shopRows, townRows } from './shop.ts';
import { useShop } from './use-shop.ts';

const shop = useShop();

const diff = async (session: Session, limit = 20): Promise<TaskReport> =>
  reportDiff(await planSeed(session, { ...shop.project.input('d'), limit, namesLeftOver: true }));

it('finds nothing where the tables are as the files say', async () => {
  await shop.session(async (session) => {
    await seed(session, shop.project.input('r1'));
    await session.execute("INSERT INTO town (country, name) VALUES ('US', 'Troy')");
    expect(await diff(session)).toMatchObject({
      summary: 'all 5 rows of 2 sets are as their files say',
      lines: [],
      findings: false,
    });
  });
});

it('shows each row and column that differs, and writes nothing', async () => {
  await shop.session(async (session) => {
    await seed(session, shop.project.input('r1'));
    await session.execute("UPDATE town SET people = 1, tags = NULL WHERE name = 'Bonn'");
    await session.execute("DELETE FROM town WHERE name = 'Lyon'");
    const before = await contents(session);
    expect(await diff(session)).toMatchObject({
      summary: '2 rows to insert, 1 to update, 0 no longer in their file',
      changes: [],
      lines: [
        'towns (town):',
        '  insert (FR, Lyon): area "47.87", tags "{}"',
        '  update (DE, Bonn): people "1" → "330000", tags null → "{rhine,\\"a \\\\\\"quoted\\\\\\", one\\"}"',
        'shops (shop):',
        '  insert (s2)',
      ],
      findings: true,
    });
    expect(await contents(session)).toEqual(before);
  });
});

it('shows no more than the limit of each kind, and says so', async () => {
  await shop.session(async (session) => {
    const { summary, lines } = await diff(session, 1);
    expect(summary).toBe('5 rows to insert, 0 to update, 0 no longer in their file; 2 of 5 shown (--limit)');
    expect(lines).toContain('  … and 2 more to insert');
    expect((await diff(session, 0)).lines).toEqual([
      'towns (town):',
      '  … and 3 more to insert',
      'shops (shop):',
      '  … and 2 more to insert',
    ]);
  });
});

it('names rows that a set seeded and its file no longer has, also after a run that changed nothing', async () => {
  await shop.session(async (session) => {
    await session.execute("INSERT INTO town (country, name) VALUES ('FR', 'Lyon')");
    await seed(session, shop.project.input('r1'));
    shop.project.write('towns.json', townRows.slice(0, 1));
    shop.project.write('shops.csv', shopRows.split('\n').slice(0, 2).join('\n'));
    const left = '  2 rows of town seeded earlier are no longer in the file and left alone';
    expect(reportSeeded(await seed(session, shop.project.input('r2'))).lines).toEqual([
      'towns: 1 rows, each compared with the table and equal',
      // Lyon was there before, but has the file's values now
      `${left}: (FR, Lyon), (IT, Bari\tè)`,
      'shops: 1 rows, each compared with the table and equal',
      '  1 row of shop seeded earlier is no longer in the file and left alone: (s2)',
    ]);
    const known = await seed(session, shop.project.input('r3'));
    expect(known.sets[0]!.known.by).toBe('digest');
    expect(reportSeeded(known).lines?.[1]).toBe(left);
    const found = await diff(session);
    expect(found.findings).toBe(true);
    expect(found.lines).toContain('  no longer in the file (FR, Lyon)');
    await rollbackSeed(session, { keepChanged: false, dryRun: false, run: { id: 'undo' } });
    expect((await diff(session)).summary).toBe('2 rows to insert, 0 to update, 0 no longer in their file');
  });
});

it('counts a row that was seeded twice once, and none that a person made again', async () => {
  await shop.session(async (session) => {
    await seed(session, shop.project.input('r1', { sets: ['towns'] }));
    await session.execute('UPDATE town SET people = 5');
    await seed(session, shop.project.input('r2', { sets: ['towns'] }));
    await session.execute("DELETE FROM town WHERE name = 'Lyon'");
    await session.execute("INSERT INTO town (country, name) VALUES ('FR', 'Lyon')");
    shop.project.write('towns.json', []);
    const [set] = (await seed(session, shop.project.input('r3', { sets: ['towns'] }))).sets;
    expect(set!.leftOver).toEqual({ count: 2, keys: ['DE, Bonn', 'IT, Bari\tè'] });
    expect((await diff(session)).summary).toBe('2 rows to insert, 0 to update, 2 no longer in their file');
  });
});
