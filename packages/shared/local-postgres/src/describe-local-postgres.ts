import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import type { Secret } from '@opsgraph/secrets';
import { chooseHome } from './home/choose-home.ts';
import { type CheckoutInput, knownCheckout } from './home/open-checkout.ts';
import { readState } from './home/state-file.ts';
import { placesOf } from './server/cluster.ts';
import { logIn } from './server/log-in.ts';
import { findServerProcesses } from './server/server-processes.ts';

export interface DescribedPostgres {
  /** Whether there is a data directory. */
  exists: boolean;
  running: boolean;
  pid: number | undefined;
  port: number | undefined;
  /** PostgreSQL's: 18.4; only the major version when it does not answer. */
  version: string | undefined;
  home: string | undefined;
  /** The superuser's, when it answers. */
  url: Secret | undefined;
  /** Bytes on disk. */
  size: number;
  /** What ensure would repair or complain about. */
  problem: string | undefined;
}

/** How this checkout's server is. Changes nothing, takes no lock. */
export async function describeLocalPostgres(input: CheckoutInput): Promise<DescribedPostgres> {
  const nothing = {
    exists: false,
    running: false,
    pid: undefined,
    port: undefined,
    version: undefined,
    home: undefined,
    url: undefined,
    size: 0,
    problem: undefined,
  };
  const checkout = await knownCheckout(input).catch(() => undefined);
  if (checkout === undefined) return nothing;
  const { home } = await chooseHome(checkout);
  const { data } = placesOf(home);
  const major = await readFile(join(data, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
  const { state, problem } = await readState(checkout.stateDirectory);
  if (major === undefined) return { ...nothing, problem };
  const { server, leftovers, staleFile } = await findServerProcesses(data);
  const stopped = { ...nothing, exists: true, home, version: major, port: state?.port, size: await sizeOf(home) };
  if (server === undefined) {
    const left =
      leftovers.length > 0
        ? `the server crashed and left ${leftovers.length} processes`
        : staleFile
          ? 'the server ended without closing its data'
          : undefined;
    return { ...stopped, problem: problem ?? left };
  }
  const running = { ...stopped, running: true, pid: server.pid, port: server.port };
  try {
    const { version, url } = await logIn(home, server.port, 2000);
    const moved = state?.port === server.port ? undefined : 'its address is not recorded';
    return { ...running, version, url, problem: problem ?? moved };
  } catch (error) {
    if (error instanceof OpsError) return { ...running, problem: error.message };
    throw error;
  }
}

async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) =>
      lstat(join(entry.parentPath, entry.name)).then(
        // Blocks in use, not the length: a sparse file takes less.
        (found) => found.blocks * 512,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
