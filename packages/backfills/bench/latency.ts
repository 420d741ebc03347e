// `pnpm --filter @opsgraph/backfills run latency [PAIRS] [SECONDS] [LOAD] [BATCH_TIME] [PGBENCH]`: the latency of a steady load
// on a table larger than shared_buffers, with and without a backfill over the same table beside it.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { modestSettings } from '@opsgraph/local-postgres';
import { withSession } from '@opsgraph/postgres';
import { startTestCluster, type TestDatabase } from '@opsgraph/testing';
import { startChild } from '../test/kill-often.ts';
import { createProject, type Project } from '../test/project.ts';
import { median, quantile } from './quantile.ts';

const [pairs = 7, seconds = 12, load = 50, batchTime = 500] = process.argv.slice(2, 6).map(Number);
const pgbench = process.argv[6] ?? '/usr/lib/postgresql/15/bin/pgbench';
/** Transactions a second; two million rows are 256 MB. */
const [rate, clients, scale] = ['150', '4', '20'];

const run = promisify(execFile);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
// Durable, as a real server: fsync and full page writes are on.
const cluster = await startTestCluster({ ...modestSettings, shared_buffers: '64MB', max_wal_size: '4GB' });
const settings = {
  url: cluster.url,
  applicationName: 'latency',
  lockTimeout: 0,
  statementTimeout: 0,
  connectTimeout: 5000,
};
const session: TestDatabase['session'] = (work) => withSession(settings, work);
const project = await createProject({ name: 'postgres', url: cluster.url, session, drop: async () => {} });
const logs = await mkdtemp(join(tmpdir(), 'opsgraph-latency-'));
try {
  const environment = libpqEnvironment(cluster.url.reveal());
  await run(pgbench, ['-i', '-q', '-s', scale], { env: environment });
  const [size] = await project.query(
    "SELECT pg_size_pretty(pg_table_size('pgbench_accounts')) AS \"table\", current_setting('shared_buffers') AS buffers",
  );
  print(
    `table ${size!['table']}, shared_buffers ${size!['buffers']}; pgbench -N -R ${rate} -c ${clients}, ${seconds} s each; load ${load} %, batches of ${batchTime} ms`,
  );
  const ratios: number[] = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    // Which one is first changes, so that what grows with time does not count for one of them.
    const order = pair % 2 === 1 ? (['idle', 'beside'] as const) : (['beside', 'idle'] as const);
    const p99 = { idle: 0, beside: 0 };
    let rows = 0;
    for (const which of order) {
      await project.query('CHECKPOINT');
      if (which === 'idle') p99.idle = quantile(await steadyLoad(environment), 0.99);
      else [p99.beside, rows] = await besideBackfill(project, `pass-${pair}`, environment);
    }
    ratios.push(p99.beside / p99.idle);
    print(
      `pair ${pair}: p99 idle ${p99.idle.toFixed(1)} ms, beside ${p99.beside.toFixed(1)} ms, ratio ${ratios.at(-1)!.toFixed(2)}; ${rows} rows done`,
    );
  }
  print(
    `median ratio of p99: ${median(ratios).toFixed(2)} (wanted: at most 1.5); from ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
  );
} finally {
  await project.remove();
  await cluster.remove();
  await rm(logs, { recursive: true });
}

async function besideBackfill(of: Project, name: string, environment: NodeJS.ProcessEnv): Promise<[number, number]> {
  await of.define(
    name,
    `table: 'pgbench_accounts', key: 'aid', rows: 'true', set: "filler = '${name}'", done: 'every-row-visited'`,
  );
  const child = startChild(of, { name, load, batchTime });
  await once(child.stdout!, 'data');
  const latencies = await steadyLoad(environment);
  const isOver = child.exitCode !== null;
  child.kill('SIGKILL');
  if (isOver) print(`  ${name} was over before the load was; make the table larger or the time shorter`);
  else await once(child, 'close');
  const [record] = await of.query(`SELECT visited FROM ops.backfill WHERE name = '${name}'`);
  return [quantile(latencies, 0.99), record!['visited'] as number];
}

/** Milliseconds of each transaction from the moment at which it should have begun. */
async function steadyLoad(environment: NodeJS.ProcessEnv): Promise<number[]> {
  const prefix = join(logs, `log-${Date.now()}`);
  await run(
    pgbench,
    ['-n', '-N', '-R', rate, '-c', clients, '-j', '1', '-T', String(seconds), '-l', '--log-prefix', prefix],
    {
      env: environment,
    },
  );
  const files = (await readdir(logs)).filter((name) => join(logs, name).startsWith(prefix));
  const texts = await Promise.all(files.map((name) => readFile(join(logs, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ')[2]) / 1000),
  );
}

function libpqEnvironment(url: string): NodeJS.ProcessEnv {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    ...{ PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password, PGDATABASE: pathname.slice(1) },
    PATH: process.env['PATH'],
  };
}
