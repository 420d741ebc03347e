import type { Session } from '@opsgraph/postgres';
import { mulberry32 } from '@opsgraph/testing';
import { expect } from 'vitest';
import { type DataSet, rollbackSeed, seed } from '../src/index.ts';
import { judgeUndo, type KnownLoad, type Seeded, takeSnapshot } from './oracle.ts';
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
  { name: 'part', table: 'part', file: 'part.json', key: ['id'] },
];

export const modelSql = `
CREATE TABLE town (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE NOT NULL, v int, w text DEFAULT 'w');
CREATE TABLE shop (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE NOT NULL, v int, town_id bigint NOT NULL REFERENCES town ON DELETE CASCADE);
CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, town_id bigint REFERENCES town ON DELETE CASCADE, shop_id bigint REFERENCES shop ON DELETE SET NULL);
CREATE TABLE part (id bigint PRIMARY KEY, code text UNIQUE NOT NULL, v int, touched int NOT NULL DEFAULT 0,
  whole bigint REFERENCES part ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE label (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, part_code text REFERENCES part (code) ON UPDATE CASCADE ON DELETE SET NULL);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.touched := OLD.touched + 1; RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON part FOR EACH ROW EXECUTE FUNCTION touch()`;

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
    `DELETE FROM label; DELETE FROM part; DELETE FROM visit; DELETE FROM shop; DELETE FROM town; DELETE FROM ops.seed_load; DELETE FROM ops.seed_state;
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
  const only = [['town'], ['part'], 'all' as const, 'all' as const, 'all' as const][draw(5)]!;
  steps.push(`seed ${only}`);
  const before = await takeSnapshot(session);
  const { sets: seeded } = await seed(session, project.input(String(run), { sets: only }));
  const after = await takeSnapshot(session);
  expect(after.visit).toEqual(before.visit);
  did.seeds += 1;
  for (const { name, inserted, updated } of seeded) {
    if (inserted + updated === 0) expect(after[name as 'town']).toEqual(before[name as 'town']);
    else standing.push({ run, table: name as Seeded, before: before[name as Seeded], after: after[name as Seeded] });
  }
  const again = await seed(session, project.input(`${run} again`, { sets: only }));
  expect(again.sets.every(({ inserted, updated }) => inserted + updated === 0)).toBe(true);
}

async function undoOnce({ session, draw, steps, standing, did }: World): Promise<void> {
  const set = [undefined, undefined, 'town', 'shop', 'part'][draw(5)] as Seeded | undefined;
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
const parts = [1, 2, 3, 4];

function drawFiles(project: Project, draw: Draw): void {
  const present = towns.filter(() => draw(3) > 0);
  project.write(
    'town.json',
    present.map((name) => ({ name, v: draw(3) })),
  );
  // a chain, mostly, whose rows get another code from time to time
  const chosen = parts.filter(() => draw(4) > 0);
  project.write(
    'part.json',
    chosen.map((id, index) => ({
      ...{ id, code: `p${id}-${draw(2)}`, v: draw(2) },
      whole: index === 0 || draw(4) === 0 ? null : chosen[index - 1],
    })),
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
  const part = parts[draw(parts.length)]!;
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
    `UPDATE part SET v = ${10 + draw(3)} WHERE id = ${part}`,
    `UPDATE part SET code = code || '+' WHERE id = ${part}`,
    `UPDATE part SET whole = ${draw(2) === 0 ? 'NULL' : parts[draw(parts.length)]} WHERE id = ${part}`,
    `DELETE FROM part WHERE id = ${part}`,
    `INSERT INTO part (id, code, whole) SELECT 9, 'mine', id FROM part WHERE id = ${part}`,
    `INSERT INTO label (part_code) SELECT code FROM part WHERE id = ${part}`,
    `INSERT INTO label (part_code) SELECT code FROM part WHERE id = ${part}`,
  ];
  const sql = acts[draw(acts.length)]!;
  steps.push(sql);
  await session
    .transaction(() => session.execute(sql))
    .catch((error: { code?: string }) => expect(error.code).toMatch(/^(23|42)/));
}
