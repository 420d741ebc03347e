import { askedAtOnce, onAll } from '@opsgraph/hosts';
import { verifiedReleases } from '../ledger/known-releases.ts';
import type { DeploymentContext } from '../rollout/context.ts';
import { inspectHost } from '../rollout/host-state.ts';
import { withHosts } from '../rollout/with-hosts.ts';
import { closeDeployment, pruneHosts } from './finish-deployment.ts';
import { oldReleases } from './releases-to-keep.ts';
import { withDeployment } from './with-deployment.ts';

/** Removes old releases without a deployment; the way out when a disk is full. */
export async function pruneReleases(context: DeploymentContext): Promise<ReadonlyMap<string, readonly string[]>> {
  return withDeployment(context, { kind: 'prune' }, async (running, hosts) => {
    const { pruned } = await pruneHosts(running, hosts);
    await closeDeployment(running, hosts, { id: running.deployment, state: 'pruned' });
    return pruned;
  });
}

/** The releases that pruneReleases would remove from each host; changes nothing. */
export async function planPrune(context: DeploymentContext): Promise<ReadonlyMap<string, readonly string[]>> {
  const { session, settings, signal, application } = context;
  const verified = (await verifiedReleases(session, application)).map(({ id }) => id);
  return withHosts({ settings, signal }, (hosts) =>
    onAll(hosts, askedAtOnce, async (host) => oldReleases(await inspectHost(host), verified, settings.keep)),
  );
}
