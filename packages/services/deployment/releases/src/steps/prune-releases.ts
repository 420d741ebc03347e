import type { DeploymentContext } from '../rollout/context.ts';
import { closeDeployment, pruneHosts } from './finish-deployment.ts';
import { withDeployment } from './with-deployment.ts';

/** Removes old releases without a deployment; the way out when a disk is full. */
export async function pruneReleases(context: DeploymentContext): Promise<ReadonlyMap<string, readonly string[]>> {
  return withDeployment(context, { kind: 'prune' }, async (running, hosts) => {
    const { pruned } = await pruneHosts(running, hosts);
    await closeDeployment(running, hosts, { id: running.deployment, state: 'pruned' });
    return pruned;
  });
}
