import { findBinaries } from '../binaries/binaries.ts';
import { prepareBinaries } from '../binaries/prepare-binaries.ts';
import { chooseHome } from '../home/choose-home.ts';
import { openCheckout } from '../home/open-checkout.ts';
import { sharedDirectory } from '../home/shared-directory.ts';
import { withStateLock } from '../home/state-lock.ts';
import { findServerUser } from '../server/server-user.ts';
import type { StopInput } from '../stop-local-postgres.ts';
import { type AbandonedCluster, treatAbandoned } from './abandoned.ts';

/**
 * Removes the data that checkouts left which are gone, servers and all; with
 * `dryRun` it only names them. Only root keeps data outside of the checkout, so
 * only root can leave any.
 */
export async function removeAbandoned(input: StopInput & { dryRun: boolean }): Promise<AbandonedCluster[]> {
  const { signal, dryRun } = input;
  const checkout = await openCheckout(input);
  const runner = async () => {
    const user = await findServerUser();
    return { user, binaries: await prepareBinaries(await findBinaries(), user, sharedDirectory) };
  };
  return withStateLock(checkout.stateDirectory, 60_000, signal, async () => {
    const { owner } = await chooseHome(checkout);
    return treatAbandoned(checkout, owner.id, dryRun ? 'look' : 'remove', runner, signal);
  });
}
