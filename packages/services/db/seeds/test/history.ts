import type { Session } from '@opsgraph/postgres';
import { mulberry32 } from '@opsgraph/testing';
import { expect } from 'vitest';
import { type DataSet, rollbackSeed, seed } from '../src/index.ts';
import { judgeUndo, type KnownLoad, takeSnapshot } from './oracle.ts';
import type { Project } from './project.ts';

export const modelSets: DataSet[] = [
  { name: 'town', table: 'town', file: 'town.json', key: ['name'] },
  {
    name: 'shop',
    table: 'shop',
    file: 'shop.json',
    key: ['code'],
    references: { town_id: { set: 'town', match: { name: 'town' } } },
  },
];

export const modelSql = `
CREATE TABLE town (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE NOT NULL, v int, w text DEFAULT 'w');
CREATE TABLE shop (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE NOT NULL, v int, town_id bigint NOT NULL REFERENCES town ON DELETE CASCADE);
CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, town_id bigint REFERENCES town ON DELETE CASCADE, shop_id bigint REFERENCES shop ON DELETE SET NULL)`;

/** How often each end came. */
export interface Tally {
  seeds: number;
  undone: number;
  refused: number;
}

interface World {
  session: Session;
  project: Project;
  draw: Draw;
  /** What was done, in words. */
  steps: string[];
  /** Loads that were not undone. */
  standing: KnownLoad[];
  did: Tally;
}

/** Seeds, edits, migrations and undos in an order that `number` decides; after each step the tables must hold what the oracle says. */
export async function liveHistory(session: Session, project: Project, number: number, did: Tally): Promise<void> {
  const world: World = { session, project, draw: drawOf(number), steps: [], standing: [], did };
  try {
    await live(world);
  } catch (error) {
    throw new Error(`history OPS_MODEL_SEED=${number}: ${world.steps.join(' → ')}`, { cause: error });
  }
}

type Draw = (below: number) => number;

/** Whole numbers from 0, the same for the same seed. */
function drawOf(seed: number): Draw {
  const random = mulberry32(seed);
  return (below) => Math.floor(random() * below);
}

async function live(world: World): Promise<void> {
  const { session, project, draw } = world;
  await session.execute(
    `DELETE FROM visit; DELETE FROM shop; DELETE FROM town; DELETE FROM ops.seed_load; DELETE FROM ops.seed_state;
     ALTER TABLE town DROP COLUMN IF EXISTS extra, DROP COLUMN IF EXISTS w, DROP COLUMN IF EXISTS note, ALTER v TYPE int;
     ALTER TABLE town ADD w text DEFAULT 'w'`,
  );
  drawFiles(project, draw);
  const length = 4 + draw(8);
  for (let step = 0; step < length; step += 1) {
    const choice = draw(10);
    if (choice < 4) {
      // a newer version of the files, mostly
      if (draw(3) > 0) drawFiles(project, draw);
      await seedOnce(world, step);
    } else if (choice < 6) await undoOnce(world);
    else await act(world);
  }
}

async function seedOnce({ session, project, draw, steps, standing, did }: World, run: number): Promise<void> {
  const only = draw(4) === 0 ? ['town'] : ('all' as const);
  steps.push(`seed ${only}`);
  const before = await takeSnapshot(session);
  const { sets: seeded } = await seed(session, project.input(String(run), { sets: only }));
  const after = await takeSnapshot(session);
  expect(after.visit).toEqual(before.visit);
  did.seeds += 1;
  for (const { name, inserted, updated } of seeded) {
    if (inserted + updated === 0) expect(after[name as 'town']).toEqual(before[name as 'town']);
    else standing.push({ run, table: name as 'town', before: before[name as 'town'], after: after[name as 'town'] });
  }
  const again = await seed(session, project.input(`${run} again`, { sets: only }));
  expect(again.sets.every(({ inserted, updated }) => inserted + updated === 0)).toBe(true);
}

async function undoOnce({ session, draw, steps, standing, did }: World): Promise<void> {
  const set = [undefined, undefined, 'town', 'shop'][draw(4)] as 'town' | 'shop' | undefined;
  // Refusing is the default, and must be met as often as model.pg.test.ts demands.
  const keepChanged = draw(4) === 0;
  steps.push(`undo ${set ?? 'run'}${keepChanged ? ' keeping' : ''}`);
  const chosen =
    set === undefined
      ? standing.filter(({ run }) => run === standing.at(-1)?.run)
      : standing.filter(({ table }) => table === set).slice(-1);
  const now = await takeSnapshot(session);
  const { expected } = judgeUndo(chosen, now, keepChanged);
  const outcome = rollbackSeed(session, { set, keepChanged, dryRun: false, run: { id: 'undo' } });
  if (expected === undefined) {
    await expect(outcome).rejects.toMatchObject({ exit: 'refused' });
    expect(await takeSnapshot(session)).toEqual(now);
    did.refused += 1;
    return;
  }
  await outcome;
  expect(await takeSnapshot(session)).toEqual(expected);
  if (chosen.length > 0) did.undone += 1;
  for (const load of chosen) standing.splice(standing.indexOf(load), 1);
}

const towns = ['Aix', 'Bonn', 'Cork', 'Delft'];
const codes = ['s1', 's2', 's3'];

function drawFiles(project: Project, draw: Draw): void {
  const present = towns.filter(() => draw(3) > 0);
  project.write(
    'town.json',
    present.map((name) => ({ name, v: draw(3) })),
  );
  // shops refer only to towns of the file, which are there after any seed of both
  project.write(
    'shop.json',
    present.length === 0
      ? []
      : codes.filter(() => draw(3) > 0).map((code) => ({ code, v: draw(3), town: present[draw(present.length)] })),
  );
}

/** What people and migrations do. What the tables refuse, did not happen. */
async function act({ session, draw, steps }: World): Promise<void> {
  const town = towns[draw(towns.length)]!;
  const code = codes[draw(codes.length)]!;
  const acts = [
    `UPDATE town SET v = ${10 + draw(3)} WHERE name = '${town}'`,
    `UPDATE town SET name = 'New ' || name WHERE name = '${town}'`,
    `UPDATE shop SET v = ${10 + draw(3)} WHERE code = '${code}'`,
    `UPDATE shop SET town_id = (SELECT id FROM town WHERE name = '${town}') WHERE code = '${code}'`,
    `DELETE FROM town WHERE name = '${town}'`,
    `DELETE FROM shop WHERE code = '${code}'`,
    `INSERT INTO town (name, v) VALUES ('${town}', ${draw(3)})`,
    `INSERT INTO shop (code, v, town_id) SELECT '${code}', ${draw(3)}, id FROM town WHERE name = '${town}'`,
    `INSERT INTO shop (code, v, town_id) SELECT 'mine', 1, id FROM town WHERE name = '${town}'`,
    `INSERT INTO visit (town_id) SELECT id FROM town WHERE name = '${town}'`,
    `INSERT INTO visit (shop_id) SELECT id FROM shop WHERE code = '${code}'`,
    "ALTER TABLE town ADD COLUMN extra text DEFAULT 'x'",
    'ALTER TABLE town DROP COLUMN extra',
    'ALTER TABLE town RENAME w TO note',
    'ALTER TABLE town RENAME note TO w',
    `UPDATE town SET note = 'mine' WHERE name = '${town}'`,
    'ALTER TABLE town ALTER v TYPE numeric(9,2)',
    'ALTER TABLE town ALTER v TYPE bigint',
  ];
  const sql = acts[draw(acts.length)]!;
  steps.push(sql);
  await session
    .transaction(() => session.execute(sql))
    .catch((error: { code?: string }) => expect(error.code).toMatch(/^(23|42)/));
}
