import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { inParallel } from '../host/in-parallel.ts';
import { withHosts } from '../host/with-hosts.ts';
import { readDeployment } from '../ledger/deployments.ts';
import { verifiedReleases } from '../ledger/known-releases.ts';
import { type LeaseHolder, readLease } from '../ledger/lease.ts';
import { ask } from '../rollout/gate.ts';
import { type HostState, inspectHost } from '../rollout/host-state.ts';
import type { DeploymentSettings } from '../settings.ts';

export interface HostStatus {
  host: string;
  release: string | undefined;
  since: Date | undefined;
  by: string | undefined;
  deployment: string | undefined;
  /** undefined: healthy. */
  problem: string | undefined;
}

export interface Status {
  hosts: readonly HostStatus[];
  /** The release that the ledger says is live; undefined: none was deployed. */
  expected: string | undefined;
  /** One line for each host that is not as it should be. */
  drift: readonly string[];
  /** Who deploys just now. */
  lease: LeaseHolder | undefined;
  /** Releases to go back to, the one verified last first. */
  verified: readonly string[];
}

/** What every host has, compared with what the ledger says; changes nothing. */
export async function readStatus(context: {
  session: Session;
  settings: DeploymentSettings;
  signal: AbortSignal;
}): Promise<Status> {
  const { session, settings, signal } = context;
  const [last] = await session.query<{ release: string | null }>(
    `SELECT release FROM ops.deployment WHERE state IN ('switched', 'verified', 'unchanged') ORDER BY position DESC LIMIT 1`,
  );
  const expected = last?.release ?? undefined;
  const results = await withHosts(context, (hosts) =>
    inParallel(hosts, settings.ssh.parallel, async (host): Promise<HostStatus> => {
      const state = await inspectHost(host);
      return { ...describe(state), problem: await problemOf(state) };

      async function problemOf({ current, live, root }: HostState): Promise<string | undefined> {
        if (root === 'missing' || current === undefined) return 'has no release';
        const port = live?.port ?? host.ports[0]!;
        return ask(host, { health: settings.health, release: current, port, signal });
      }
    }),
  );
  signal.throwIfAborted();
  const names = Object.keys(settings.hosts);
  const hosts = results.map((result, index) => {
    if ('value' in result) return result.value;
    if (result.error instanceof OpsError) return unreachable(names[index]!, result.error.message);
    throw result.error;
  });
  const drift = hosts
    .filter(({ release }) => release !== undefined && release !== expected)
    .map(
      ({ host, release, by }) =>
        `${host} has release ${release} (by ${by ?? 'nobody known'}), expected ${expected ?? 'none'}`,
    );
  const held = await readLease(session);
  const died = held !== undefined && held.left <= 0 ? await readDeployment(session, held.deployment) : undefined;
  if (died !== undefined && died.finished_at === null)
    drift.push(`a ${died.kind} of ${died.actor} died (${died.id}); run it again, or roll back`);
  const verified = (await verifiedReleases(session)).map(({ id }) => id);
  return { hosts, expected, drift, lease: held !== undefined && held.left > 0 ? held : undefined, verified };
}

function describe({ host, current, live }: HostState): Omit<HostStatus, 'problem'> {
  const known = live?.release === current ? live : undefined;
  return { host, release: current, since: known?.since, by: known?.actor, deployment: known?.deployment };
}

function unreachable(host: string, problem: string): HostStatus {
  return { host, release: undefined, since: undefined, by: undefined, deployment: undefined, problem };
}
