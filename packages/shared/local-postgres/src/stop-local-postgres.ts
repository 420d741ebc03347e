import { CommandFailed } from '@opsgraph/shell';
import { findBinaries } from './binaries/binaries.ts';
import { prepareBinaries } from './binaries/prepare-binaries.ts';
import { type Checkout, chooseHome } from './home/choose-home.ts';
import { type CheckoutInput, knownCheckout } from './home/open-checkout.ts';
import { sharedDirectory } from './home/shared-directory.ts';
import { withStateLock } from './home/state-lock.ts';
import { type Cluster, placesOf } from './server/cluster.ts';
import { endLeftovers, findServerProcesses } from './server/server-processes.ts';
import { findServerUser } from './server/server-user.ts';
import { stopServer } from './server/stop-server.ts';

export interface StopInput extends CheckoutInput {
  signal?: AbortSignal | undefined;
}

/**
 * Stops this checkout's server; its data and its port stay for the next
 * start. Returns whether it ran.
 */
export async function stopLocalPostgres(input: StopInput): Promise<{ changed: boolean }> {
  const checkout = await knownCheckout(input).catch(() => undefined);
  if (checkout === undefined) return { changed: false };
  return withStateLock(checkout.stateDirectory, 60_000, input.signal, async () => ({
    changed: await stopWithinLock(checkout, input.signal),
  }));
}

/** For the holder of the checkout's lock. */
export async function stopWithinLock(checkout: Checkout, signal?: AbortSignal): Promise<boolean> {
  const { home } = await chooseHome(checkout);
  const { data } = placesOf(home);
  const { server, leftovers } = await findServerProcesses(data);
  if (server !== undefined) {
    const user = await findServerUser();
    const binaries = await prepareBinaries(await findBinaries(), user, sharedDirectory);
    await stopSurely({ home, user, binaries }, signal);
  }
  if (leftovers.length > 0) await endLeftovers(data, leftovers);
  return server !== undefined || leftovers.length > 0;
}

/** A backend that hangs keeps a server from closing; what was committed is safe without that, too. */
async function stopSurely(cluster: Cluster, signal: AbortSignal | undefined): Promise<void> {
  try {
    await stopServer(cluster, 'fast', signal);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    await stopServer(cluster, 'immediate', signal);
  }
}
