import { join } from 'node:path';
import { formatNumber } from '@opsgraph/text';
import type { Bench } from './src/bench.ts';
import { compare } from './src/measure.ts';
import { task, taskEnv } from './src/project.ts';
import { writeReadings } from './src/readings.ts';
import { runProcess } from './src/run-process.ts';
import {
  createSeedProject,
  psql,
  type SeedContender,
  seedContender,
  seedsDirectory,
  upsertBy,
} from './src/seed-contender.ts';
import { atMostTimes } from './src/targets.ts';

const count = 100_000;
const updates = 10_000;
const rounds = 5;
const [seeding, undoing, upserting] = ['seed', 'rollback-seed', 'psql \\copy and upsert'] as const;

/** What it costs that a seed can be undone exactly, and what the undo costs. */
export const seedUndo: Bench = {
  name: 'seed-undo',
  title: 'Seeding so that it can be undone, and undoing it',
  about: [
    `A file of ${formatNumber(count)} rows for the table of the bench before; ${formatNumber(updates)} of them are in the table with another value, the rest is missing. Ours are \`task seed.ts\` and, after it, \`task rollback-seed.ts\`, which compares each row with its image before it takes it back.`,
    'The plain upsert is psql: `\\copy` into a temporary table, then `INSERT … ON CONFLICT DO UPDATE`; nothing is checked before and nothing can be undone after.',
  ].join('\n\n'),
  async run(bench) {
    const root = join(bench.directory, 'project');
    const file = join(root, seedsDirectory, 'readings.csv');
    await createSeedProject(root, 'readings.csv');
    await writeReadings(count, file, join(bench.directory, 'readings.ndjson'));
    const others = (url: string): Promise<unknown> =>
      psql(
        bench,
        url,
        'CREATE TEMP TABLE stage (LIKE readings, n bigint GENERATED ALWAYS AS IDENTITY)',
        `\\copy stage (sensor, taken_at, value, unit, quality, note) from '${file}' with (format csv, header)`,
        `INSERT INTO readings SELECT sensor, taken_at, value + 1, unit, quality, note FROM stage WHERE n % ${count / updates} = 0`,
      );
    const run = (name: string, url: string): Promise<unknown> =>
      runProcess(task(`tasks/db/${name}.ts`), { directory: root, env: taskEnv(root, url) });
    const contenders: SeedContender[] = [
      seedContender(bench, seeding, count, (url) => run('seed', url), others),
      seedContender(
        bench,
        undoing,
        updates,
        (url) => run('rollback-seed', url),
        async (url) => {
          await others(url);
          await run('seed', url);
        },
      ),
      seedContender(bench, upserting, count, (url) => psql(bench, url, ...upsertBy(file)), others),
    ];
    bench.say('seeding, undoing and upserting in turn');
    const timings = await compare(contenders, rounds);
    return {
      tables: [
        {
          title: `${formatNumber(count)} rows, ${formatNumber(updates)} of them updates`,
          reference: upserting,
          timings,
        },
      ],
      targets: [
        atMostTimes(timings, 'with the ledger', seeding, 3, upserting),
        atMostTimes(timings, 'undo', undoing, 2, upserting),
      ],
      notes: [],
    };
  },
};
