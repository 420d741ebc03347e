import { OpsError } from '@opsgraph/errors';
import { askedAtOnce, type Host, inParallel, onAll } from '@opsgraph/hosts';
import { type HostsContext, holderOf, type OnHosts } from '../rollout/context.ts';
import { type HostState, surveyHost } from '../rollout/host-state.ts';
import { withHosts } from '../rollout/with-hosts.ts';
import { fenceScript } from '../scripts/hold-lease.ts';
import { releaseLeaseScript } from '../scripts/tidy.ts';

/** Seconds for which hosts wait for a sign, at least. */
const shortestLease = 60;

/**
 * Changes hosts while the ledger's database cannot be reached: by what the
 * hosts know, under a fence above all that they have seen. The next deployment
 * by the ledger puts its own above that one. Nothing is recorded but on the
 * hosts (.ops/audit.log).
 *
 * @throws OpsError HOST_HELD (75) when somebody deploys there
 */
export async function onHostsAlone<T>(
  context: HostsContext,
  work: (running: OnHosts, hosts: readonly Host[], states: readonly HostState[]) => Promise<T>,
): Promise<T> {
  return withHosts({ ...context, isLast: true }, async (hosts) => {
    const states = [...(await onAll(hosts, askedAtOnce, surveyHost)).values()];
    const held = states.find(({ fence }) => fence.isLive);
    if (held !== undefined) {
      throw new OpsError({
        code: 'HOST_HELD',
        exit: 'tryLater',
        message: `${held.host}: ${held.fence.holder} deploys there`,
        hint: `try again in ${Math.ceil(context.settings.leaseExpiry / 1000)} s: if that deployment is dead, the host is free by then`,
      });
    }
    const hostLease = {
      fence: Math.max(...states.map(({ fence }) => fence.number)) + 1,
      token: context.run.id,
      ledger: `none, ${context.run.id}`,
      holder: holderOf(context).replaceAll(/\s+/g, ' '),
      seconds: Math.max(shortestLease, Math.ceil(context.settings.leaseExpiry / 1000)),
    };
    const running = { ...context, deployment: context.run.id, hostLease, time: Math.floor(Date.now() / 1000) };
    const there = hosts.filter((_, index) => states[index]!.root === 'ready');
    await onAll(there, askedAtOnce, (host) =>
      host.run(
        fenceScript(host.root, hostLease, { name: host.name, application: context.application, usesReserve: true }),
      ),
    );
    try {
      return await work(running, there, states);
    } finally {
      await inParallel(there, askedAtOnce, (host) => host.run(releaseLeaseScript(host.root, hostLease)));
    }
  });
}
