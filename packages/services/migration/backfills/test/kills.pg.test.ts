import { seededRandom } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCountedRows, exactlyOnce, readCounts } from './counted-rows.ts';
import { killOften } from './kill-often.ts';
import { createProject, type Project } from './project.ts';

const rows = 200_000;
const kills = 25;
let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project.remove());

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
