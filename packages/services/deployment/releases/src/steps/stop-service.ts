import { onAll } from '../host/on-all.ts';
import { stopHost } from '../rollout/bring-host.ts';
import type { DeploymentContext } from '../rollout/context.ts';
import { closeDeployment } from './finish-deployment.ts';
import { withDeployment } from './with-deployment.ts';

/** Ends the service on every host; releases stay. Returns the hosts on which it ran. */
export async function stopService(context: DeploymentContext): Promise<string[]> {
  return withDeployment(context, { kind: 'stop' }, async (running, hosts, states) => {
    const there = hosts.filter(({ name }) => states.find(({ host }) => host === name)?.root === 'ready');
    const stopped = await onAll(there, context.settings.ssh.parallel, (host) => stopHost(running, host));
    await closeDeployment(running, there, { id: running.deployment, state: 'stopped' });
    return [...stopped].filter(([, ran]) => ran).map(([host]) => host);
  });
}
