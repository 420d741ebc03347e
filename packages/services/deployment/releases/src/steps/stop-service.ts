import { askedAtOnce, onAll } from '@opsgraph/hosts';
import { stopHost } from '../rollout/bring-host.ts';
import type { DeploymentContext } from '../rollout/context.ts';
import { inspectHost } from '../rollout/host-state.ts';
import { withHosts } from '../rollout/with-hosts.ts';
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

/** The hosts on which a service is kept running, which stopService would end; changes nothing. */
export async function planStop({
  settings,
  signal,
}: Pick<DeploymentContext, 'settings' | 'signal'>): Promise<string[]> {
  const runs = await withHosts({ settings, signal }, (hosts) =>
    onAll(hosts, askedAtOnce, async (host) =>
      [...(await inspectHost(host)).services.values()].some(({ state }) => state !== 'ended'),
    ),
  );
  return [...runs].filter(([, isRunning]) => isRunning).map(([host]) => host);
}
