import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import type { Talk } from '@opsgraph/report';
import { Secret } from '@opsgraph/secrets';
import { type AbandonedCluster, treatAbandoned } from './abandoned/abandoned.ts';
import { findBinaries, majorOf } from './binaries/binaries.ts';
import { requirePlainPath } from './binaries/plain-path.ts';
import { prepareBinaries } from './binaries/prepare-binaries.ts';
import { type Checkout, chooseHome } from './home/choose-home.ts';
import { type CheckoutInput, openCheckout } from './home/open-checkout.ts';
import { type Owner, writeOwner } from './home/owner-file.ts';
import { prepareHome } from './home/prepare-home.ts';
import { sharedDirectory } from './home/shared-directory.ts';
import { type LocalPostgresState, readState, writeState } from './home/state-file.ts';
import { withStateLock } from './home/state-lock.ts';
import { type Cluster, placesOf, socketDirectoryOf } from './server/cluster.ts';
import { createData, modestSettings } from './server/create-data.ts';
import { cannotCreate, otherVersion } from './server/failures.ts';
import { type LoggedIn, logIn } from './server/log-in.ts';
import { endLeftovers, findServerProcesses } from './server/server-processes.ts';
import { findServerUser } from './server/server-user.ts';
import { startOnPort } from './server/start-on-port.ts';

export interface EnsureInput extends CheckoutInput {
  signal?: AbortSignal | undefined;
  /** Called with what happens next, before it is done. */
  info?: Talk['info'] | undefined;
}

export interface EnsuredPostgres {
  /** false: it ran, and everything was as it should be. */
  changed: boolean;
  port: number;
  /** The superuser's; for making roles and databases. */
  url: Secret;
  /** PostgreSQL's: 18.4. */
  version: string;
  home: string;
  /** What was done, as facts: `data directory made`. */
  done: string[];
  abandoned: AbandonedCluster[];
}

const lockWait = 180_000;
const loginWait = 60_000;

/**
 * Sees to it that this checkout's own PostgreSQL runs and answers. Safe
 * when several start at once, when an earlier one was killed at any point,
 * when the server crashed, and when its port is another process's now.
 *
 * @throws OpsError STATE_DIRECTORY_UNUSABLE, LOCAL_POSTGRES_NOT_CREATED (73), LOCAL_POSTGRES_NO_SPACE (74),
 * LOCAL_POSTGRES_NOT_STARTED, LOCAL_POSTGRES_SILENT, LOCAL_POSTGRES_GONE (69), LOCAL_POSTGRES_OTHER_VERSION, LOCAL_POSTGRES_PASSWORD_LOST,
 * NO_SERVER_BINARIES, NO_SERVER_USER (78), LOCAL_POSTGRES_FOREIGN (77), LOCAL_POSTGRES_BUSY (75)
 */
export async function ensureLocalPostgres(input: EnsureInput): Promise<EnsuredPostgres> {
  const checkout = await openCheckout(input);
  return withStateLock(checkout.stateDirectory, lockWait, input.signal, () => ensureLocked(checkout, input));
}

async function ensureLocked(checkout: Checkout, { signal, info = () => {} }: EnsureInput): Promise<EnsuredPostgres> {
  const done: string[] = [];
  const { home, owner } = await chooseHome(checkout);
  const cluster = await prepareCluster(home, owner);
  if (await makeData(cluster, info, signal)) done.push('data directory created');

  const { state, problem } = await readState(checkout.stateDirectory);
  const { port, url, version } = await reach(cluster, state?.port, done, info, signal);

  const wanted: LocalPostgresState = {
    id: owner.id,
    version,
    home,
    port,
    socketDirectory: socketDirectoryOf(home) ?? null,
    stateDirectory: checkout.stateDirectory,
  };
  if (JSON.stringify(state) !== JSON.stringify(wanted)) {
    await writeState(checkout.stateDirectory, wanted).catch((error: unknown) => {
      throw cannotCreate(checkout.stateDirectory, error);
    });
    done.push(problem === undefined ? 'its address recorded' : `its address recorded again (${problem})`);
  }
  const abandoned = await treatAbandoned(checkout, owner.id, 'stop', async () => cluster, signal);
  for (const left of abandoned)
    if (left.stopped) done.push(`server of ${left.checkout} stopped, a checkout that is gone`);
  return { changed: done.length > 0, port, url, version, home, done, abandoned };
}

async function prepareCluster(home: string, owner: Owner): Promise<Cluster> {
  try {
    requirePlainPath(home);
    const user = await findServerUser();
    const binaries = await prepareBinaries(await findBinaries(), user, sharedDirectory);
    await prepareHome({ home, user });
    // Before the data: a home that names nobody would never be found again.
    await writeOwner(home, owner);
    return { home, user, binaries };
  } catch (error) {
    throw cannotCreate(home, error);
  }
}

/** Returns whether there was none. */
async function makeData(cluster: Cluster, info: Talk['info'], signal: AbortSignal | undefined): Promise<boolean> {
  const { data } = placesOf(cluster.home);
  const found = await dataVersion(data);
  const wanted = majorOf(cluster.binaries);
  if (found !== undefined && found !== String(wanted)) throw otherVersion(data, found, wanted);
  if (found !== undefined) return false;
  info('creating a PostgreSQL data directory');
  try {
    const password = new Secret('local PostgreSQL', randomBytes(24).toString('hex'));
    await createData(cluster, modestSettings, password, signal);
    return true;
  } catch (error) {
    throw cannotCreate(cluster.home, error);
  }
}

async function dataVersion(data: string): Promise<string | undefined> {
  try {
    return (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cannotCreate(data, error);
  }
}

/** A server that was seen may be dying at that moment; then the next look finds it down. */
async function reach(
  cluster: Cluster,
  remembered: number | undefined,
  done: string[],
  info: Talk['info'],
  signal: AbortSignal | undefined,
): Promise<LoggedIn & { port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await startWhenDown(cluster, remembered, done, info, signal);
    try {
      return { port, ...(await logIn(cluster.home, port, loginWait, signal)) };
    } catch (error) {
      if (!(error instanceof OpsError) || error.code !== 'LOCAL_POSTGRES_GONE' || attempt === 3) throw error;
    }
  }
}

async function startWhenDown(
  cluster: Cluster,
  remembered: number | undefined,
  done: string[],
  info: Talk['info'],
  signal: AbortSignal | undefined,
): Promise<number> {
  const { data } = placesOf(cluster.home);
  const { server, leftovers, staleFile } = await findServerProcesses(data);
  if (server !== undefined) return server.port;
  info('starting PostgreSQL');
  if (leftovers.length > 0) await endLeftovers(data, leftovers);
  await removeStaleFiles(cluster.home);
  const port = await startOnPort(cluster, remembered, signal);
  if (leftovers.length > 0) done.push('processes of a crashed server ended');
  else if (staleFile) done.push('stale pid file removed');
  done.push(
    remembered === undefined || remembered === port
      ? 'server started'
      : `server started on port ${port}; ${remembered} is taken by another process`,
  );
  return port;
}

/**
 * The pid file and the socket's lock file of a server that is known to be
 * gone. PostgreSQL would take the pid in them for a living server's when it is
 * a zombie's, or by now another process's of the same user.
 */
async function removeStaleFiles(home: string): Promise<void> {
  const { data, sockets } = placesOf(home);
  await rm(join(data, 'postmaster.pid'), { force: true });
  for (const name of await readdir(sockets)) await rm(join(sockets, name), { force: true });
}
