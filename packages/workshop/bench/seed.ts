import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Target, Timing } from './src/bench.ts';
import { formatMilliseconds, formatRatio } from './src/format.ts';
import { type Contender, compare, ratio } from './src/measure.ts';
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
import { countStatements, type PartCost, readCosts } from './src/statement-costs.ts';
import { atLeastSpeed } from './src/targets.ts';

const count = 1_000_000;
const memoryLimitMib = 300;
const [csv, ndjson] = ['opsgraph, CSV', 'opsgraph, NDJSON'] as const;
const [copy, upsert, batchInsert] = ['psql \\copy', 'psql \\copy and upsert', 'knex batchInsert'] as const;

/** Statements of the seed task, told apart by the tables they name. */
const parts = [
  { name: 'staging: reading, encoding and COPY', pattern: /^COPY |^CREATE TEMP TABLE \S+ \(position|^ANALYZE/ },
  { name: 'ledger: images of what was written, and the digest of the table', pattern: /seed_image|seed_load/ },
  { name: 'inserting into table and index, in the order of the key', pattern: /^INSERT INTO \S+readings/ },
  { name: 'checks of the staged rows', pattern: /seed_stage/ },
];

export const seed: Bench = {
  name: 'seed',
  title: 'Seeding a million rows',
  about: [
    'A table with six columns and a natural key (one unique index, no id); a million rows. Ours is `task seed.ts` with everything on: the file is checked before the first write, and what was written is recorded so that it can be undone exactly.',
    '`psql \\copy` puts the same CSV straight into the bare table (same constraints), without checks beyond the table’s, ledger or undo. “\\copy and upsert” copies into a temporary table, then `INSERT … ON CONFLICT DO UPDATE`. knex `batchInsert` reads the NDJSON, 1,000 rows a statement, in one transaction (packages/workshop/bench/peers/batch-insert.mjs), no ledger.',
  ].join('\n\n'),
  async run(bench) {
    const roots = { csv: join(bench.directory, 'csv'), ndjson: join(bench.directory, 'ndjson') };
    await createSeedProject(roots.csv, 'readings.csv');
    await createSeedProject(roots.ndjson, 'readings.ndjson');
    const files = {
      csv: join(roots.csv, seedsDirectory, 'readings.csv'),
      ndjson: join(roots.ndjson, seedsDirectory, 'readings.ndjson'),
    };
    await writeReadings(count, files.csv, files.ndjson);
    const peers = await bench.peers();
    const memory = new Map<string, number>();
    const viaNode = async (
      name: string,
      argv: [string, ...string[]],
      root: string,
      env: Record<string, string>,
    ): Promise<void> => {
      const file = join(bench.directory, 'memory');
      await runProcess([argv[0], '--require', join(peers, 'report-memory.cjs'), ...argv.slice(1)], {
        directory: root,
        env: { ...env, BENCH_MEMORY_FILE: file },
      });
      const mib = Number(await readFile(file, 'utf8')) / 1024;
      memory.set(name, Math.max(memory.get(name) ?? 0, mib));
    };
    const ours = (name: string, root: string): SeedContender =>
      seedContender(bench, name, count, (url) => viaNode(name, task('tasks/db/seed.ts'), root, taskEnv(root, url)));

    const copying = seedContender(bench, copy, count, (url) =>
      psql(bench, url, `\\copy readings from '${files.csv}' with (format csv, header)`),
    );
    const contenders = [
      ours(csv, roots.csv),
      copying,
      seedContender(bench, upsert, count, (url) => psql(bench, url, ...upsertBy(files.csv))),
    ];
    bench.say('loading');
    const loading = await compare(contenders, 3, true);
    bench.say('loading with knex, which takes longer');
    const knex = seedContender(bench, batchInsert, count, (url) =>
      viaNode(
        batchInsert,
        [process.execPath, join(peers, 'batch-insert.mjs'), 'readings', files.ndjson],
        bench.directory,
        { PATH: process.env['PATH'] ?? '', HOME: bench.directory, DATABASE_URL: url },
      ),
    );
    const withKnex = await compare([ours(ndjson, roots.ndjson), knex, copying], 2, true);

    bench.say('again, and taking it back');
    const [seeded] = contenders as [SeedContender];
    const url = (): string => seeded.database().url.reveal();
    const again = (name: string, file: string): Contender => ({
      name,
      run: () => viaNode(name, task(file), roots.csv, taskEnv(roots.csv, url())),
    });
    const nothing = await compare([again('seed again: nothing changes', 'tasks/db/seed.ts')], 3, true);
    const undo = await compare([again('rollback-seed', 'tasks/db/rollback-seed.ts')], 1, true);

    bench.say('what each part costs');
    await seeded.prepare();
    await countStatements(seeded.database());
    const milliseconds = (await seeded.run()) as number;
    const costs = await readCosts(seeded.database(), parts);

    const withMemory = (timings: readonly Timing[]): Timing[] =>
      timings.map((timing) => ({ ...timing, facts: { 'peak memory': mebibytes(memory.get(timing.name)) } }));
    return {
      tables: [
        { title: 'load into the empty table', reference: copy, timings: withMemory(loading) },
        { title: 'in turn with knex', reference: batchInsert, timings: withMemory(withKnex) },
        { title: 'on the loaded table', timings: withMemory([...nothing, ...undo]) },
      ],
      targets: [
        atLeastSpeed(loading, 'seed', csv, 0.25, copy),
        atLeastSpeed(withKnex, 'seed', ndjson, 3, batchInsert),
        memoryTarget(memory),
      ],
      notes: [compareWithKnex(withKnex), explainCosts(costs, milliseconds)],
    };
  },
};

function memoryTarget(memory: ReadonlyMap<string, number>): Target {
  const peaks = [csv, ndjson].map((name) => memory.get(name)!);
  return {
    wanted: `seed: peak memory of the task under ${memoryLimitMib} MiB`,
    measured: peaks.map((peak) => mebibytes(peak)).join(' and '),
    isMet: peaks.every((peak) => peak < memoryLimitMib),
  };
}

function mebibytes(value: number | undefined): string {
  return value === undefined ? '' : `${Math.round(value)} MiB`;
}

/** Whether the target can be met at all on this table. */
function compareWithKnex(timings: readonly Timing[]): string {
  const [ceiling, own] = [ratio(timings, batchInsert, copy), ratio(timings, ndjson, copy)];
  return `psql \\copy, which checks nothing and can undo nothing, is itself ${formatRatio(ceiling)} × as fast as knex batchInsert here: most of what either does is the server’s work on the table and its index. To be 3 × as fast as knex, a seed would have to take ${formatRatio(ceiling / 3)} × the time of \\copy. Ours takes ${formatRatio(own)} × of it.`;
}

function explainCosts(costs: readonly PartCost[], total: number): string {
  const inServer = costs.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const row = (name: string, milliseconds: number, walMib?: number): string =>
    `| ${name} | ${formatMilliseconds(milliseconds)} | ${Math.round((milliseconds / total) * 100)} % | ${walMib === undefined ? '' : `${Math.round(walMib)} MiB`} |`;
  return [
    `What one load of the CSV costs, counted by pg_stat_statements in a run of its own (${formatMilliseconds(total)}):`,
    '',
    '| part | time | share | WAL |',
    '|---|---:|---:|---:|',
    ...costs.map(({ name, milliseconds, walMib }) => row(name, milliseconds, walMib)),
    row('start, connections, commit, between statements', total - inServer),
  ].join('\n');
}
