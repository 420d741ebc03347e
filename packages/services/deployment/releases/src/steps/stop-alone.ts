import { onAll } from '@opsgraph/hosts';
import { stopHost } from '../rollout/bring-host.ts';
import type { HostsContext } from '../rollout/context.ts';
import { onHostsAlone } from './on-hosts-alone.ts';

/** `stop` without the ledger. Returns the hosts on which a service ran. */
export async function stopAlone(context: HostsContext): Promise<string[]> {
  return onHostsAlone(context, async (running, hosts) => {
    const stopped = await onAll(hosts, context.settings.ssh.parallel, (host) => stopHost(running, host));
    return [...stopped].filter(([, ran]) => ran).map(([host]) => host);
  });
}
