import { migrateLedger } from '@opsgraph/ledger';
import { createTestDatabase } from '@opsgraph/testing';
import { expect, it } from 'vitest';
import { chapter } from '../src/chapter.ts';
import { liveHistory, modelSets, modelSql, type Tally } from './history.ts';
import { makeProject } from './project.ts';

const histories = Number(process.env['OPS_MODEL_HISTORIES'] ?? 50);
const firstSeed = Number(process.env['OPS_MODEL_SEED'] ?? 1);

/** How many live at a time, each in a database of its own. */
const lanes = Number(process.env['OPS_MODEL_LANES'] ?? 2);

/** After so many a lane continues in a new database: each temporary table leaves dead rows in the catalogue. */
const generation = 200;

it(`undoes exactly what it did in ${histories} random histories`, { timeout: 4 * 3_600_000 }, async () => {
  const did: Tally = { seeds: 0, undone: 0, refused: 0 };
  const begun = performance.now();
  let taken = 0;
  let lived = 0;

  async function liveSome(): Promise<void> {
    const database = await createTestDatabase();
    const project = makeProject(modelSets);
    await database.session(
      async (session) => {
        await migrateLedger(session, [chapter]);
        await session.execute(modelSql);
        for (let count = 0; count < generation && taken < histories; count += 1) {
          taken += 1;
          await liveHistory(session, project, firstSeed + taken - 1, did);
          lived += 1;
        }
      },
      { statementTimeout: 0 },
    );
    project.remove();
    await database.drop();
    if (histories > generation) tell(`${lived} in ${Math.round((performance.now() - begun) / 1000)} s`);
  }

  async function lane(): Promise<void> {
    while (taken < histories) await liveSome();
  }

  await Promise.all(Array.from({ length: lanes }, lane));
  if (histories > generation) tell(`${lived} histories: ${JSON.stringify(did)}`);
  expect(lived).toBe(histories);
  // the histories are worth something only when both ends of an undo are common
  expect(did.undone).toBeGreaterThan(lived / 4);
  expect(did.refused).toBeGreaterThan(lived / 10);
});

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
