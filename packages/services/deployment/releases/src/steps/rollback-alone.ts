import { OpsError } from '@opsgraph/errors';
import { combined, inParallel } from '@opsgraph/hosts';
import { makeBatches } from '../rollout/batches.ts';
import { bringHost } from '../rollout/bring-host.ts';
import type { HostsContext } from '../rollout/context.ts';
import type { HostState } from '../rollout/host-state.ts';
import { activationOf } from './befores.ts';
import { onHostsAlone } from './on-hosts-alone.ts';

/**
 * `rollback` without the ledger: every host to a named release that is still
 * there, with the settings of what is live, behind the same gate. Which
 * release was verified only the ledger knows, and whether one fits the schema
 * only the database.
 *
 * @returns hosts that changed
 * @throws OpsError RELEASE_UNNAMED, RELEASE_GONE (77), and what the gate says
 */
export async function rollbackAlone(context: HostsContext, to: string | undefined): Promise<string[]> {
  const { settings, signal } = context;
  return onHostsAlone(context, async (running, hosts, states) => {
    const release = requireEverywhere(states, to);
    const changed: string[] = [];
    for (const batch of makeBatches(hosts, settings.rollout)) {
      const ended = await inParallel(batch, settings.rollout.maxUnavailable, async (host) => {
        const state = states.find((one) => one.host === host.name)!;
        const activation = activationOf(running, state, release, state.live?.settings);
        if (await bringHost(running, host, activation)) changed.push(host.name);
        running.info(`${host.name}: release ${release} is live, and healthy`);
      });
      signal.throwIfAborted();
      const failures = ended.flatMap((one) => ('error' in one ? [one.error] : []));
      if (failures.length > 0) throw combined(failures, hosts.length);
    }
    return changed;
  });
}

function requireEverywhere(states: readonly HostState[], to: string | undefined): string {
  const isWhole = (id: string): boolean => states.every(({ releases }) => releases.get(id) === 'complete');
  const live = new Set(states.map(({ current }) => current));
  const there = [...(states[0]?.releases.keys() ?? [])].filter(
    (id) => isWhole(id) && !(live.size === 1 && live.has(id)),
  );
  if (to !== undefined && isWhole(to)) return to;
  throw new OpsError({
    code: to === undefined ? 'RELEASE_UNNAMED' : 'RELEASE_GONE',
    exit: 'refused',
    message:
      to === undefined
        ? 'only the database knows which release was verified last'
        : `release ${to} is not complete on every host`,
    hint:
      there.length === 0
        ? 'no other release is on every host'
        : `name one with --to; every host has ${there.join(', ')}`,
  });
}
