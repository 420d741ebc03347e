import { OpsError } from '@opsgraph/errors';
import { askedAtOnce, fact, factsOf, type Host, inParallel, onAll } from '@opsgraph/hosts';
import { freeLease } from '@opsgraph/leases';
import { type Deployment, setState } from '../ledger/deployments.ts';
import { goodActivations } from '../ledger/good-activations.ts';
import { markPruned, verifiedReleases } from '../ledger/known-releases.ts';
import { leaseName } from '../ledger/lease.ts';
import type { DeploymentContext, Running } from '../rollout/context.ts';
import { type HostState, inspectHost, readState } from '../rollout/host-state.ts';
import { sharedWaiting } from '../rollout/shared-waiting.ts';
import { withHosts } from '../rollout/with-hosts.ts';
import { closeIfTidyScript, releaseLeaseScript, removeReleasesScript } from '../scripts/tidy.ts';
import { continueDeployment } from './continue-deployment.ts';
import { oldReleases, releasesToKeep, settingsToKeep } from './releases-to-keep.ts';

export interface Finished {
  deployment: Deployment;
  hosts: readonly HostState[];
  /** Releases that were removed, by host. */
  pruned: ReadonlyMap<string, readonly string[]>;
  /** Where the service answers on this machine; other hosts have their own names. */
  addresses: readonly string[];
}

/** The last step: removes old releases, closes the record, gives the lease back. */
export async function finishDeployment(context: DeploymentContext): Promise<Finished> {
  return continueDeployment(
    context,
    (running, deployment) =>
      withHosts({ ...running, isLast: true }, async (hosts) => {
        const { settings } = running;
        const { states, open } = await closeTidy(running, hosts, deployment);
        // also here: it is the last that is read, and says that nothing was to be done
        for (const line of sharedWaiting(states, settings, deployment.release)) running.warn(line);
        const untidy = hosts.filter(({ name }) => open.has(name));
        const { pruned } = await pruneHosts(running, untidy);
        await closeDeployment(running, untidy, deployment);
        const addresses = states
          .filter(({ host }) => settings.hosts[host]?.ssh === undefined)
          .flatMap(({ live }) => (live === undefined ? [] : [`http://127.0.0.1:${live.port}`]));
        return { deployment, hosts: states, pruned, addresses };
      }),
    { isLast: true, mayGoOn: (deployment) => requireVerifiedState(deployment, context.environmentName) },
  );
}

/** Gives back the hosts that have nothing to remove; says what every host has, and which are still to be tidied. */
async function closeTidy(
  { session, settings, hostLease, application }: Running,
  hosts: readonly Host[],
  { release }: Deployment,
): Promise<{ states: HostState[]; open: Set<string> }> {
  const verified = (await verifiedReleases(session, application)).map(({ id }) => id);
  const good = await goodActivations(session, application);
  const nothing = { live: undefined, services: new Map() };
  const kept = [...releasesToKeep({ current: release ?? undefined, ...nothing }, verified, settings.keep)];
  const open = new Set<string>();
  const states = await onAll(hosts, askedAtOnce, async (host) => {
    const its = [...settingsToKeep({ host: host.name, ...nothing }, good, settings.keep)];
    const facts = await host.run(closeIfTidyScript(host.root, hostLease, kept, its));
    if (fact(facts, 'closed') === undefined) open.add(host.name);
    return readState(host, facts, Date.now());
  });
  return { states: [...states.values()], open };
}

/** Otherwise it would close, and call deployed, what no host has. */
function requireVerifiedState({ state, release }: Deployment, environment: string): void {
  if (state === 'verified' || state === 'unchanged') return;
  throw new OpsError({
    code: 'NOT_VERIFIED_YET',
    exit: 'refused',
    message: `release ${release} was not ${state === 'switched' ? 'verified' : 'rolled out'} yet`,
    hint: `run all steps: pnpm turbo run deploy:${environment}; or continue by hand: pnpm --filter deployment run ${state === 'switched' ? 'verify' : 'rollout'}:${environment}`,
  });
}

/** Gives hosts and ledger free. */
export async function closeDeployment(
  running: Running,
  hosts: readonly Host[],
  { id, state }: Pick<Deployment, 'id' | 'state'>,
): Promise<void> {
  // A host that cannot be reached now: its lease is over by itself.
  await inParallel(hosts, askedAtOnce, (host) => host.run(releaseLeaseScript(host.root, running.hostLease)));
  await running.session.transaction(async () => {
    await setState(running.session, id, state, { finished: true });
    await freeLease(running.session, { name: leaseName, run: id });
  });
}

/** Removes the releases that nobody would go back to, and remains of deployments that died. `states` is from before. */
export async function pruneHosts(
  running: Running,
  hosts: readonly Host[],
): Promise<{ pruned: Map<string, readonly string[]>; states: HostState[] }> {
  const { session, settings, application } = running;
  const verified = (await verifiedReleases(session, application)).map(({ id }) => id);
  const good = await goodActivations(session, application);
  const done = await onAll(hosts, askedAtOnce, async (host) => {
    const state = await inspectHost(host);
    const old = oldReleases(state, verified, settings.keep);
    const kept = settingsToKeep(state, good, settings.keep);
    const unused = [...state.settings.keys()].filter((name) => !kept.has(name));
    if (old.length === 0 && unused.length === 0 && !state.hasRemains) return { state, removed: [] };
    const facts = await host.run(removeReleasesScript(host.root, running.hostLease, old, unused));
    return { state, removed: factsOf(facts, 'removed').map(([id]) => id!) };
  });
  const pruned = new Map([...done].map(([host, { removed }]) => [host, removed]));
  await markPruned(session, [...new Set([...pruned.values()].flat())]);
  return { pruned, states: [...done.values()].map(({ state }) => state) };
}
