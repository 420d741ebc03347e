import { askedAtOnce, type Host, onAll } from '@opsgraph/hosts';
import { type Lease, raiseFence, takeLease, withHeartbeat } from '@opsgraph/leases';
import { serialSession } from '@opsgraph/postgres';
import type { Manifest } from '../artifact/manifest.ts';
import { abandonDead, type Deployment, insertDeployment, recordRelease } from '../ledger/deployments.ts';
import { ledgerIdentity, ledgerTime } from '../ledger/known-releases.ts';
import { leaseName } from '../ledger/lease.ts';
import { describeLeft, readLeftHosts } from '../ledger/left-hosts.ts';
import { readStanding } from '../ledger/standing.ts';
import { checkHosts } from '../rollout/check-hosts.ts';
import { type DeploymentContext, holderOf, type Running } from '../rollout/context.ts';
import { type HostState, inspectHost, surveyHost } from '../rollout/host-state.ts';
import { sharedWaiting } from '../rollout/shared-waiting.ts';
import { type Reach, withHosts } from '../rollout/with-hosts.ts';
import { fenceScript } from '../scripts/hold-lease.ts';
import { endingOnFailure } from './ending-on-failure.ts';
import { requireOwnRoot } from './require-own-root.ts';

export interface Opening {
  kind: Deployment['kind'];
  /** undefined: nothing is deployed (stop). */
  manifest?: Manifest;
  commit?: string | undefined;
  plan?: string | undefined;
  /** Why a check was overridden. */
  reason?: string | undefined;
}

export interface Opened {
  running: Running;
  states: readonly HostState[];
  /** Deployments that were found dead. */
  dead: readonly Deployment[];
}

/**
 * Takes the lease, records the deployment, looks at every host and puts up its
 * fence there: what an earlier holder does from then on is refused. `check`
 * may refuse; then, and on any failure, the lease is free again.
 *
 * @throws OpsError LEASE_HELD, HOST_HELD (75), HOSTS_NOT_READY (76), and what `check` throws
 */
export async function openDeployment(
  context: DeploymentContext,
  { kind, manifest, commit, plan, reason }: Opening,
  check: (opened: Opened) => Promise<void> = async () => {},
): Promise<Opened> {
  const { session, settings, run } = context;
  const { lease, dead } = await session.transaction(async () => {
    const taken = await takeLease(session, {
      name: leaseName,
      run,
      place: context.place,
      expiry: settings.leaseExpiry,
    });
    const found = await abandonDead(session, run.id);
    if (manifest !== undefined && kind === 'deploy') await recordRelease(session, manifest, commit);
    const release = manifest?.id;
    await insertDeployment(session, {
      id: run.id,
      kind,
      release,
      commit,
      plan,
      actor: run.actor,
      host: run.host,
      reason,
    });
    return { lease: taken, dead: found };
  });
  return endingOnFailure(context, run.id, () =>
    withHeartbeat(context.connection, lease, settings.leaseExpiry, (signal) =>
      withHosts({ settings, signal, deployment: run.id }, async (hosts) => {
        for (const one of dead) await tellDead(context, one);
        if (kind === 'deploy') await tellLeft(context);
        const states = [...(await onAll(hosts, askedAtOnce, surveyHost)).values()];
        const raised = await raiseFence(session, lease, Math.max(...states.map(({ fence }) => fence.number)));
        requireOwnRoot(states, context.application);
        checkHosts(states, manifest, settings, await ledgerIdentity(session), context.warn);
        if (kind === 'deploy')
          for (const line of sharedWaiting(states, context.settings, manifest?.id)) context.warn(line);
        const running = await runningOf({ ...context, signal }, raised);
        const opened = { running, states, dead };
        await check(opened);
        const fenced = hosts.filter((_, index) => manifest !== undefined || states[index]!.root === 'ready');
        const usesReserve = kind !== 'deploy';
        await onAll(fenced, askedAtOnce, (host) =>
          host.run(
            fenceScript(host.root, running.hostLease, {
              name: host.name,
              usesReserve,
              application: context.application,
            }),
          ),
        );
        return opened;
      }),
    ),
  );
}

async function tellDead(context: DeploymentContext, dead: Deployment): Promise<void> {
  const { headline, lines } = await readStanding(context.session, dead, context);
  context.warn(`${headline}; it is recorded as abandoned`);
  for (const line of lines) context.warn(`  ${line}`);
}

/** Once: a host that was removed for good is not reported at every deployment. */
async function tellLeft({ session, settings, warn }: DeploymentContext): Promise<void> {
  for (const left of await readLeftHosts(session, Object.keys(settings.hosts)))
    if (left.isNew) warn(describeLeft(left, settings.root));
}

/** What every host has, all asked at once. */
export async function inspectAll(context: Reach): Promise<HostState[]> {
  return withHosts(context, (hosts) => inspectEach(hosts));
}

/** In the order of the hosts. */
export async function inspectEach(hosts: readonly Host[]): Promise<HostState[]> {
  return [...(await onAll(hosts, askedAtOnce, inspectHost)).values()];
}

export async function runningOf(context: DeploymentContext, lease: Lease): Promise<Running> {
  return {
    ...context,
    session: serialSession(context.session),
    deployment: lease.run,
    time: await ledgerTime(context.session),
    hostLease: {
      fence: lease.fence,
      token: lease.run,
      ledger: await ledgerIdentity(context.session),
      holder: holderOf(context).replaceAll(/\s+/g, ' '),
      seconds: Math.ceil(context.settings.leaseExpiry / 1000),
    },
  };
}
