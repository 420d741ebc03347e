import type { TestDatabase } from '@opsgraph/testing';
import { formatNumber } from '@opsgraph/text';
import type { Bench, BenchContext, Target } from './src/bench.ts';
import { formatMilliseconds, formatRatio } from './src/format.ts';
import { median, quantile } from './src/measure.ts';
import { createProject, setUp, writeFiles } from './src/project.ts';
import { type RunningBackfill, startBackfill } from './src/running-backfill.ts';
import { fillTables, findPgbench, runSteadyLoad } from './src/steady-load.ts';

const pairs = 45;
/** 100,000 rows each: 512 MB, four times shared_buffers. */
const scale = 40;
const load = { seconds: 8, settle: 2, rate: 150, clients: 4 };
const name = 'fill';
const wanted = 1.5;
/**
 * Of the pairs, that must be within the bound: were the median beyond it, 29 or more of 45 would be within by chance
 * in 3.6 % of runs (sign test at 5 %, which asks nothing of how the disk's bad moments are distributed). Fewer pairs
 * tell too little: of 15, 15 and 31 there were 12, 10 and 20 within, where 12, 12 and 21 would have been enough.
 */
const pairsWithin = 29;
const asFastAsItGoes = ['--load', '100', '--batch-time', '500ms'];

/** What a backfill costs those who use its table meanwhile. */
export const backfill: Bench = {
  name: 'backfill',
  title: 'A backfill beside a steady load',
  about: [
    `\`task backfill.ts\` with the settings as they come updates every row of pgbench_accounts (512 MB; shared_buffers are 128 MB), while \`pgbench -N -R ${load.rate} -c ${load.clients}\` updates single rows of it. Each pair is a window of ${load.seconds} s without and one with the backfill, which its pause switch stops and starts; which of them is first changes. Each begins after a CHECKPOINT and ${load.settle} s that do not count, so that both have images of pages to write. The time of a transaction counts from when it was due.`,
    'Autovacuum leaves the table alone, or the windows without would bear what those with it left behind. Before the first pair the load runs until two windows have the same p99 to a quarter. pgbench is that of the system. The login is a superuser, so the backfill compresses its WAL; other roles need the grant that docs/backfills.md shows.',
  ].join('\n\n'),
  async run(bench) {
    const pgbench = findPgbench();
    const database = await prepare(bench, pgbench);
    const measure: Measure = async () => {
      await database.session((session) => session.execute('CHECKPOINT'));
      return runSteadyLoad(pgbench, database, bench.directory, load);
    };
    const polite = await startBackfill(name, { project: bench.directory, database, options: [] });
    await polite.pause();
    await warmUp(bench, measure);
    const p99 = { idle: [] as number[], beside: [] as number[] };
    const rates: number[] = [];
    for (let pair = 1; pair <= pairs; pair += 1) {
      for (const which of pair % 2 === 1 ? (['idle', 'beside'] as const) : (['beside', 'idle'] as const)) {
        const { times, rate } = which === 'idle' ? { times: await measure(), rate: 0 } : await beside(polite, measure);
        p99[which].push(quantile(times, 0.99));
        if (which === 'beside') rates.push(rate);
      }
      bench.say(`pair ${pair}: p99 ${p99.idle.at(-1)!.toFixed(1)} ms idle, ${p99.beside.at(-1)!.toFixed(1)} ms beside`);
    }
    await polite.stop();
    const hurried = await measureHurried(bench, database, measure);
    const shown = (rowsPerSecond: number): string => formatNumber(Math.round(rowsPerSecond));
    return {
      tables: [
        {
          title: 'p99 of each window',
          reference: 'idle',
          timings: [
            { name: 'idle', milliseconds: p99.idle },
            { name: 'beside the backfill', milliseconds: p99.beside, facts: { 'rows/s of it': shown(median(rates)) } },
          ],
        },
      ],
      targets: [judge(p99)],
      notes: [
        `One window beside \`backfill ${asFastAsItGoes.join(' ')}\`: p99 ${formatMilliseconds(quantile(hurried.times, 0.99))} at ${shown(hurried.rate)} rows/s.`,
      ],
    };
  },
};

type Measure = () => Promise<number[]>;

async function prepare(bench: BenchContext, pgbench: string): Promise<TestDatabase> {
  const database = await bench.createDatabase();
  await setUp(database);
  await createProject(bench.directory);
  await writeFiles(bench.directory, {
    [`tasks/migration/backfills/${name}.ts`]: `export default { name: '${name}', table: 'pgbench_accounts', key: 'aid', rows: 'true', set: "filler = 'filled'", done: 'every-row-visited' };\n`,
  });
  bench.say('filling the table');
  await fillTables(pgbench, database, scale);
  await database.session((session) => session.execute('ALTER TABLE pgbench_accounts SET (autovacuum_enabled = off)'));
  return database;
}

async function warmUp(bench: BenchContext, measure: Measure): Promise<void> {
  let last = Number.NaN;
  for (let window = 1; window <= 6; window += 1) {
    const p99 = quantile(await measure(), 0.99);
    bench.say(`warming up: p99 ${p99.toFixed(1)} ms`);
    if (Math.max(p99, last) / Math.min(p99, last) < 1.25) return;
    last = p99;
  }
}

/** A window during which the backfill works, and how many rows a second it did meanwhile. */
async function beside(running: RunningBackfill, measure: Measure): Promise<{ times: number[]; rate: number }> {
  await running.resume();
  const [before, begun] = [await running.visited(), performance.now()];
  const times = await measure();
  const rate = ((await running.visited()) - before) / ((performance.now() - begun) / 1000);
  await running.pause();
  return { times, rate };
}

/** From the beginning again: it must not come to the end of the table within the window. */
async function measureHurried(bench: BenchContext, database: TestDatabase, measure: Measure) {
  await database.session((session) =>
    session.execute('TRUNCATE ops.backfill_pause; UPDATE ops.backfill SET cursor = NULL, batch_size = 10000'),
  );
  const fast = await startBackfill(name, { project: bench.directory, database, options: asFastAsItGoes });
  const window = await beside(fast, measure);
  await fast.stop();
  return window;
}

function judge({ idle, beside }: { idle: number[]; beside: number[] }): Target {
  const ratios = idle.map((one, pair) => beside[pair]! / one);
  const ratio = median(ratios);
  const within = ratios.filter((each) => each <= wanted).length;
  return {
    wanted: `p99 of the load beside a backfill: at most ${wanted} × idle, median of ${pairs} interleaved pairs`,
    measured: `${formatRatio(ratio)} × (${within} of ${pairs} pairs within ${wanted} ×${within < pairsWithin ? `, too few to tell: ${pairsWithin} would be enough` : ''})`,
    isMet: ratio <= wanted && within >= pairsWithin,
  };
}
