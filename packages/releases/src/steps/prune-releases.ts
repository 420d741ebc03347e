import { withHosts } from '../host/with-hosts.ts';
import { withHeartbeat } from '../ledger/heartbeat.ts';
import type { DeploymentContext } from '../rollout/context.ts';
import { closeDeployment, pruneHosts } from './finish-deployment.ts';
import { endingOnFailure, openDeployment } from './open-deployment.ts';

/** Removes old releases without a deployment; the way out when a disk is full. */
export async function pruneReleases(context: DeploymentContext): Promise<ReadonlyMap<string, readonly string[]>> {
  const opening = {
    kind: 'prune',
    manifest: undefined,
    commit: undefined,
    plan: undefined,
    reason: undefined,
  } as const;
  const { running } = await openDeployment(context, opening, async () => {});
  const lease = { deployment: running.deployment, fence: running.hostLease.fence };
  return endingOnFailure(context, running.deployment, () =>
    withHeartbeat(context.connection, lease, context.settings.leaseExpiry, (signal) =>
      withHosts({ ...running, signal }, async (hosts) => {
        const { pruned } = await pruneHosts({ ...running, signal }, hosts);
        await closeDeployment(running, hosts, { id: running.deployment, state: 'pruned' });
        return pruned;
      }),
    ),
  );
}
