import { OpsError } from '@opsgraph/errors';
import { withSession } from '@opsgraph/postgres';
import type { Manifest } from '../artifact/manifest.ts';
import { onAll } from '../host/on-all.ts';
import { type Reach, withHosts } from '../host/with-hosts.ts';
import { abandonDead, type Deployment, insertDeployment, recordRelease, setState } from '../ledger/deployments.ts';
import { withHeartbeat } from '../ledger/heartbeat.ts';
import { ledgerIdentity } from '../ledger/known-releases.ts';
import { freeLease, type Lease, raiseFence, takeLease } from '../ledger/lease.ts';
import { oneAtATime } from '../ledger/one-at-a-time.ts';
import { checkHosts } from '../rollout/check-hosts.ts';
import { type DeploymentContext, holderOf, type Running } from '../rollout/context.ts';
import { type HostState, inspectHost } from '../rollout/host-state.ts';

export interface Opening {
  kind: Deployment['kind'];
  /** undefined: nothing is deployed (stop). */
  manifest: Manifest | undefined;
  commit: string | undefined;
  plan: string | undefined;
  /** Why a check was overridden. */
  reason: string | undefined;
}

export interface Opened {
  running: Running;
  states: readonly HostState[];
  /** Deployments that were found dead. */
  dead: readonly Deployment[];
}

/**
 * Takes the lease, records the deployment and looks at every host. `check` may
 * refuse; then, and on any failure, the lease is free again.
 *
 * @throws OpsError DEPLOYMENT_RUNNING, HOST_HELD (75), HOSTS_NOT_READY (76), and what `check` throws
 */
export async function openDeployment(
  context: DeploymentContext,
  { kind, manifest, commit, plan, reason }: Opening,
  check: (opened: Opened) => Promise<void>,
): Promise<Opened> {
  const { session, settings, run } = context;
  const { lease, dead } = await session.transaction(async () => {
    const taken = await takeLease(session, {
      deployment: run.id,
      place: context.place,
      holder: holderOf(context),
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
    withHeartbeat(context.connection, lease, settings.leaseExpiry, async (signal) => {
      const states = await inspectAll({ ...context, signal, deployment: run.id });
      const ledger = await ledgerIdentity(session);
      const raised = await raiseFence(session, lease, Math.max(...states.map(({ fence }) => fence.number)));
      checkHosts(states, manifest, ledger, context.warn);
      const running = await runningOf({ ...context, signal }, raised);
      const opened = { running, states, dead };
      await check(opened);
      return opened;
    }),
  );
}

/** What every host has, all asked at once. */
export async function inspectAll(context: Reach): Promise<HostState[]> {
  return withHosts(context, async (hosts) => [
    ...(await onAll(hosts, context.settings.ssh.parallel, inspectHost)).values(),
  ]);
}

export async function runningOf(context: DeploymentContext, lease: Lease): Promise<Running> {
  return {
    ...context,
    session: oneAtATime(context.session),
    deployment: lease.deployment,
    hostLease: {
      fence: lease.fence,
      token: lease.deployment,
      ledger: await ledgerIdentity(context.session),
      holder: holderOf(context).replaceAll(/\s+/g, ' '),
      seconds: Math.ceil(context.settings.leaseExpiry / 1000),
    },
  };
}

/**
 * When `work` fails the deployment is over: recorded as failed (an interrupted
 * one stays open, for the next to go on), and the lease is free.
 */
export async function endingOnFailure<T>(
  context: DeploymentContext,
  deployment: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { signal: _mayBeAborted, ...own } = context.connection;
    await withSession(own, async (session) => {
      const isOver = !context.signal.aborted && !(error instanceof OpsError && error.code === 'LEASE_LOST');
      if (isOver)
        await setState(session, deployment, 'failed', {
          finished: true,
          error: error instanceof Error ? error.message : '',
        });
      await freeLease(session, deployment);
    }).catch((second: unknown) =>
      context.warn(`the lease could not be given back, it is over by itself soon: ${(second as Error).message}`),
    );
    throw error;
  }
}
