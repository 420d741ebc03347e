import { seededRandom } from '@opsgraph/testing';
import { expect, it } from 'vitest';
import { createCountedRows, exactlyOnce, readCounts } from './counted-rows.ts';
import { killOften } from './kill-often.ts';
import { useBackfill } from './use-backfill.ts';

const rows = 200_000;
const kills = 25;
const project = useBackfill();

it.each([
  ['set', { batchTime: 5, load: 50 }],
  ['work', { batchTime: 40, load: 60 }],
] as const)(
  'killed outright at random moments in %s, it does every row exactly once',
  async (way, settings) => {
    await createCountedRows(project, rows, way);
    expect(await killOften(project, { kills, settings, within: 150, random: seededRandom() })).toMatchObject({ kills });
    expect(await readCounts(project)).toEqual(exactlyOnce(rows));
  },
  240_000,
);
