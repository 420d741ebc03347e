import { onAll } from '../host/on-all.ts';
import { withHosts } from '../host/with-hosts.ts';
import { withHeartbeat } from '../ledger/heartbeat.ts';
import { stopHost } from '../rollout/bring-host.ts';
import type { DeploymentContext } from '../rollout/context.ts';
import { closeDeployment } from './finish-deployment.ts';
import { endingOnFailure, openDeployment } from './open-deployment.ts';

/** Ends the service on every host; releases stay. Returns the hosts on which it ran. */
export async function stopService(context: DeploymentContext): Promise<string[]> {
  const opening = { kind: 'stop', manifest: undefined, commit: undefined, plan: undefined, reason: undefined } as const;
  const { running, states } = await openDeployment(context, opening, async () => {});
  const lease = { deployment: running.deployment, fence: running.hostLease.fence };
  return endingOnFailure(context, running.deployment, () =>
    withHeartbeat(context.connection, lease, context.settings.leaseExpiry, (signal) =>
      withHosts({ ...running, signal }, async (hosts) => {
        const there = hosts.filter(({ name }) => states.find(({ host }) => host === name)?.root === 'ready');
        const stopped = await onAll(there, context.settings.ssh.parallel, (host) =>
          stopHost({ ...running, signal }, host),
        );
        await closeDeployment(running, there, { id: running.deployment, state: 'stopped' });
        return [...stopped].filter(([, ran]) => ran).map(([host]) => host);
      }),
    ),
  );
}
