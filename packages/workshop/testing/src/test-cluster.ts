import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Binaries,
  type Cluster,
  createData,
  findBinaries,
  findServerUser,
  modestSettings,
  prepareBinaries,
  prepareHome,
  type ServerSettings,
  type ServerUser,
  type StopMode,
  sharedDirectory,
  startOnPort,
  startServer,
  stopServer,
  superuser,
} from '@opsgraph/local-postgres';
import { Secret, secretUrl } from '@opsgraph/secrets';
import { watchOver } from './watch-over.ts';

export interface TestCluster {
  /** The superuser's; the same after stop and start. */
  url: Secret;
  /** immediate is `pg_ctl stop -m immediate`: every connection is cut, nothing is closed cleanly. */
  stop(mode: StopMode): Promise<void>;
  start(): Promise<void>;
  /** Ends the server and removes its directory. Happens by itself when this process ends in any way. */
  remove(): Promise<void>;
}

/** Without durability, which a throw-away cluster does not need. */
const fastSettings = {
  ...modestSettings,
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/**
 * Starts a cluster of its own for tests that must stop or kill a server, or measure one. Takes about a second.
 * It runs the programs under OPS_TEST_SERVER (a directory with bin/), else the embedded ones.
 */
export async function startTestCluster(settings: ServerSettings = fastSettings): Promise<TestCluster> {
  const user = await findServerUser();
  const binaries = await chooseBinaries(user);
  const home = await mkdtemp(join(tmpdir(), 'opsgraph-test-'));
  const watch = watchOver(home);
  const cluster: Cluster = { home, user, binaries };
  try {
    await prepareHome(cluster);
    const password = randomBytes(12).toString('hex');
    await createData(cluster, settings, new Secret('OPS_TEST_DATABASE_URL', password));
    const port = await startOnPort(cluster, undefined);
    return {
      url: secretUrl('OPS_TEST_DATABASE_URL', `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`),
      stop: (mode) => stopServer(cluster, mode),
      start: () => startServer(cluster, port),
      remove: watch.end,
    };
  } catch (error) {
    await watch.end();
    throw error;
  }
}

/** What is installed on the machine is used where it is; the embedded programs may lie where the server's user cannot go. */
async function chooseBinaries(user: ServerUser | undefined): Promise<Binaries> {
  const directory = process.env['OPS_TEST_SERVER'];
  if (directory !== undefined) return { directory, version: await versionIn(directory) };
  return prepareBinaries(await findBinaries(), user, sharedDirectory);
}

async function versionIn(directory: string): Promise<string> {
  const { stdout } = await promisify(execFile)(join(directory, 'bin', 'postgres'), ['--version']);
  return /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1] ?? stdout;
}
