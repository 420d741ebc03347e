import type { Host } from '@opsgraph/hosts';
import { withHeartbeat } from '@opsgraph/leases';
import { leaseName } from '../ledger/lease.ts';
import type { DeploymentContext, Running } from '../rollout/context.ts';
import type { HostState } from '../rollout/host-state.ts';
import { withHosts } from '../rollout/with-hosts.ts';
import { endingOnFailure } from './ending-on-failure.ts';
import { type Opening, openDeployment } from './open-deployment.ts';

/** A change of the hosts that is one step alone: opens it, works under its lease, and ends it when that fails. */
export async function withDeployment<T>(
  context: DeploymentContext,
  opening: Opening,
  work: (running: Running, hosts: readonly Host[], states: readonly HostState[]) => Promise<T>,
): Promise<T> {
  const { running, states } = await openDeployment(context, opening);
  const lease = { name: leaseName, run: running.deployment };
  return endingOnFailure(context, running.deployment, () =>
    withHeartbeat(context.connection, lease, context.settings.leaseExpiry, (signal) =>
      withHosts({ ...running, signal, isLast: true }, (hosts) => work({ ...running, signal }, hosts, states)),
    ),
  );
}
