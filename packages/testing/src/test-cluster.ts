import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Cluster,
  createData,
  findBinaries,
  findServerUser,
  modestSettings,
  prepareBinaries,
  prepareHome,
  type ServerSettings,
  type StopMode,
  sharedDirectory,
  startOnPort,
  startServer,
  stopServer,
  superuser,
} from '@opsgraph/local-postgres';
import { type Secret, secretUrl } from '@opsgraph/secrets';
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

/** Starts a cluster of its own for tests that must stop or kill a server, or measure one. Takes about a second. */
export async function startTestCluster(settings: ServerSettings = fastSettings): Promise<TestCluster> {
  const user = await findServerUser();
  const binaries = await prepareBinaries(await findBinaries(), user, sharedDirectory);
  const home = await mkdtemp(join(tmpdir(), 'opsgraph-test-'));
  const watch = watchOver(home);
  const cluster: Cluster = { home, user, binaries };
  try {
    await prepareHome(cluster);
    const password = randomBytes(12).toString('hex');
    await createData(cluster, settings, password);
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
