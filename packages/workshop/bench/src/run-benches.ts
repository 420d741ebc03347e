import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modestSettings } from '@opsgraph/local-postgres';
import { createTestDatabase, startTestCluster, type TestDatabase } from '@opsgraph/testing';
import type { Bench } from './bench.ts';
import { describeMachine, readLoad } from './machine.ts';
import { installPeers, peerVersions } from './peers.ts';
import { repository } from './project.ts';
import { renderReport } from './report.ts';
import { keepResult, type Result, readResults } from './results.ts';

/** Durable, as a server of people's data is, and able to tell what its statements cost. */
const settings = {
  ...modestSettings,
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'none',
};

/**
 * Runs benches one after the other on a PostgreSQL of their own and writes
 * docs/benchmarks.md from what they and earlier runs of the others found.
 *
 * @param known all benches there are, in the order of the report
 */
export async function runBenches(chosen: readonly Bench[], known: readonly Bench[]): Promise<Result[]> {
  const directory = await mkdtemp(join(tmpdir(), 'opsgraph-bench-'));
  // The server goes by itself when this process ends.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => {
      rmSync(directory, { recursive: true, force: true });
      process.exit(code);
    });
  const cluster = await startTestCluster(settings);
  // where createTestDatabase looks
  process.env['OPS_TEST_DATABASE_URL'] = cluster.url.reveal();
  const postgres = await readServerVersion();
  const results: Result[] = [];
  let peers: Promise<string> | undefined;
  try {
    for (const bench of chosen) {
      const say = (text: string): void => console.error(`${bench.name}: ${text}`);
      const own = join(directory, bench.name);
      await mkdir(own);
      const databases: TestDatabase[] = [];
      const machine = describeMachine(repository);
      const before = readLoad();
      const begun = performance.now();
      const measured = await bench.run({
        directory: own,
        createDatabase: async () => {
          const database = await createTestDatabase();
          databases.push(database);
          return database;
        },
        peers: () => {
          peers ??= startPeers(join(directory, 'peers'), say);
          return peers;
        },
        say,
      });
      const result: Result = {
        bench: bench.name,
        title: bench.title,
        about: bench.about,
        at: new Date().toISOString(),
        command: `pnpm bench ${bench.name}`,
        machine,
        load: { before, after: readLoad() },
        postgres,
        peers: peers === undefined ? {} : peerVersions,
        seconds: (performance.now() - begun) / 1000,
        ...measured,
      };
      keepResult(result);
      results.push(result);
      await writeFile(
        join(repository, 'docs', 'benchmarks.md'),
        renderReport(
          readResults(),
          known.map(({ name }) => name),
        ),
      );
      await Promise.all(databases.map((database) => database.drop()));
      await rm(own, { recursive: true });
    }
  } finally {
    await cluster.remove();
    await rm(directory, { recursive: true, force: true });
  }
  return results;
}

async function startPeers(directory: string, say: (text: string) => void): Promise<string> {
  say('installing the peers');
  await mkdir(directory);
  await installPeers(directory);
  return directory;
}

async function readServerVersion(): Promise<string> {
  const database = await createTestDatabase();
  const [row] = await database.session((session) =>
    session.query<{ version: string }>("SELECT current_setting('server_version') AS version"),
  );
  await database.drop();
  return row!.version;
}
