import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { type Checkout, ownersIn } from '../home/choose-home.ts';
import type { Owner } from '../home/owner-file.ts';
import { readState } from '../home/state-file.ts';
import { withStateLock } from '../home/state-lock.ts';
import { type Cluster, placesOf } from '../server/cluster.ts';
import { findServerProcesses } from '../server/server-processes.ts';
import { stopServer } from '../server/stop-server.ts';

/** A cluster of root whose checkout is gone. Its data is never removed silently. */
export interface AbandonedCluster {
  home: string;
  checkout: string;
  /** Whether its server ran until now. */
  stopped: boolean;
}

/** How far to go with what a checkout has left. */
export type Treatment = 'look' | 'stop' | 'remove';

/** Names what checkouts left that no longer exist; stops their servers, or removes their data, too. */
export async function treatAbandoned(
  { shared, stateDirectory }: Checkout,
  own: string,
  treatment: Treatment,
  runner: () => Promise<Omit<Cluster, 'home'>>,
  signal?: AbortSignal,
): Promise<AbandonedCluster[]> {
  if (shared === undefined) return [];
  const abandoned: AbandonedCluster[] = [];
  for (const owner of await ownersIn(shared)) {
    if (owner.id === own) continue;
    const home = join(shared, owner.id);
    const treat = async (): Promise<void> => {
      if ((await readState(owner.stateDirectory)).state?.id === owner.id) return;
      const { server } = await findServerProcesses(placesOf(home).data);
      const stopped = server !== undefined && treatment !== 'look';
      if (stopped) await stopServer({ ...(await runner()), home }, 'fast', signal);
      if (treatment === 'remove') await rm(home, { recursive: true, force: true, maxRetries: 3 });
      abandoned.push({ home, checkout: owner.checkout, stopped });
    };
    // The lock of a checkout that was deleted where ours is now is the one we hold.
    if (owner.stateDirectory === stateDirectory) await treat();
    else await onlyWhenIdle(owner, signal, treat);
  }
  return abandoned;
}

/** A checkout that sets its server up at this moment has no state file yet, but holds its lock. */
async function onlyWhenIdle(owner: Owner, signal: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
  const there = await stat(owner.stateDirectory).then(
    () => true,
    () => false,
  );
  if (!there) return work();
  try {
    await withStateLock(owner.stateDirectory, 0, signal, work);
  } catch (error) {
    if (!(error instanceof OpsError) || error.code !== 'LOCAL_POSTGRES_BUSY') throw error;
  }
}
