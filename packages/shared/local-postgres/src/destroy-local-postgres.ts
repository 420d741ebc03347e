import { rm, stat } from 'node:fs/promises';
import { chooseHome } from './home/choose-home.ts';
import { knownCheckout } from './home/open-checkout.ts';
import { removeState } from './home/state-file.ts';
import { withStateLock } from './home/state-lock.ts';
import { type StopInput, stopWithinLock } from './stop-local-postgres.ts';

/**
 * Stops this checkout's server and removes it with all its data. The guard
 * (which environment, --confirm) is the task's. Returns whether there was one.
 */
export async function destroyLocalPostgres(input: StopInput): Promise<{ changed: boolean; home: string | undefined }> {
  const checkout = await knownCheckout(input).catch(() => undefined);
  if (checkout === undefined) return { changed: false, home: undefined };
  return withStateLock(checkout.stateDirectory, 60_000, input.signal, async () => {
    await stopWithinLock(checkout, input.signal);
    // First the address, so that nobody looks for a server that goes.
    await removeState(checkout.stateDirectory);
    const { home } = await chooseHome(checkout);
    const there = await stat(home).then(
      () => true,
      () => false,
    );
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
    return { changed: there, home };
  });
}
