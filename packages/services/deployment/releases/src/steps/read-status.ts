import { OpsError } from '@opsgraph/errors';
import { askedAtOnce, type Host, inParallel } from '@opsgraph/hosts';
import { type LeaseHolder, readLease } from '@opsgraph/leases';
import type { Session } from '@opsgraph/postgres';
import { mask } from '@opsgraph/secrets';
import { findUnended } from '../ledger/deployments.ts';
import { verifiedReleases } from '../ledger/known-releases.ts';
import { leaseName } from '../ledger/lease.ts';
import { describeLeft, readLeftHosts } from '../ledger/left-hosts.ts';
import { readStanding, type Standing } from '../ledger/standing.ts';
import { recordedSettings, settingsWith } from '../rollout/activation.ts';
import { ask, intruderOf, isAsked, questionOf } from '../rollout/ask.ts';
import { type HostState, surveyHost } from '../rollout/host-state.ts';
import { withReachableHosts } from '../rollout/with-hosts.ts';
import type { DeploymentSettings } from '../settings.ts';

export interface HostStatus {
  host: string;
  /** Whether it answered at all. */
  isReached: boolean;
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
  /** A deployment that nobody ended, and is not under way. */
  unended: Standing | undefined;
  /** Who deploys just now. */
  lease: LeaseHolder | undefined;
  /** One line for each host that has left the configuration, and was not stopped before. */
  left: readonly string[];
  /** Releases to go back to, the one verified last first. */
  verified: readonly string[];
}

export interface StatusInput {
  session: Session;
  settings: DeploymentSettings;
  environmentName: string;
  application: string;
  signal: AbortSignal;
}

/** What every host has, compared with what the ledger says; changes nothing. */
export async function readStatus(context: StatusInput): Promise<Status> {
  const { session, settings } = context;
  const [last] = await session.query<{ release: string | null }>(
    `SELECT release FROM ops.deployment WHERE state IN ('switched', 'verified', 'unchanged') ORDER BY position DESC LIMIT 1`,
  );
  const expected = last?.release ?? undefined;
  const hosts = await readHosts(context);
  const drift = hosts
    .filter(({ release }) => release !== undefined && release !== expected)
    .map(
      ({ host, release, by }) =>
        `${host} has release ${release} (by ${by ?? 'an unknown actor'}), expected ${expected ?? 'none'}`,
    );
  const held = await readLease(session, leaseName);
  const lease = held !== undefined && held.left > 0 ? held : undefined;
  const verified = (await verifiedReleases(session, context.application)).map(({ id }) => id);
  const dead = await findUnended(session, lease?.run);
  const unended = dead && (await readStanding(session, dead, context));
  const left = (await readLeftHosts(session, Object.keys(settings.hosts))).map((one) =>
    describeLeft(one, settings.root),
  );
  return { hosts, expected, drift, unended, lease, left, verified };
}

/** What every host says of itself, and whether its service answers; needs no database. */
export async function readHosts(context: Pick<StatusInput, 'settings' | 'signal'>): Promise<HostStatus[]> {
  const { settings, signal } = context;
  const names = Object.keys(settings.hosts);
  return withReachableHosts(context, async (reachable, failures) => {
    const results = await inParallel(reachable, askedAtOnce, (host) => statusOf(context, host));
    signal.throwIfAborted();
    const found = new Map(results.map((result, index) => [reachable[index]!.name, result]));
    return names.map((name): HostStatus => {
      const result = found.get(name) ?? { error: failures.get(name) };
      if ('value' in result) return result.value;
      if (result.error instanceof OpsError) return unreachable(name, result.error.message.replace(`${name}: `, ''));
      throw result.error;
    });
  });
}

async function statusOf({ settings }: Pick<StatusInput, 'settings'>, host: Host): Promise<HostStatus> {
  const state = await surveyHost(host);
  // by the gate that belongs to what is live
  const known = recordedSettings(state, state.live?.settings)?.known;
  return {
    ...describe(state),
    problem: takenBy(settings, host, state) ?? (await problemOf(settingsWith(settings, known), host, state)),
  };
}

function takenBy(settings: DeploymentSettings, host: Host, state: HostState): string | undefined {
  const port = state.live?.port ?? host.ports[0]!;
  const who = state.current === undefined ? undefined : intruderOf(settings, state, port);
  return who && `port ${port} is taken by ${mask(who)}, which is not the service`;
}

async function problemOf(settings: DeploymentSettings, host: Host, state: HostState): Promise<string | undefined> {
  const { current, live, services } = state;
  if (current === undefined) return 'nothing is deployed there';
  const port = live?.port ?? host.ports[0]!;
  const kept = services.get(port)?.state ?? '';
  const isKept = ['running', 'failing', 'unwatched'].includes(kept);
  // also one that answers: between two crashes it does
  const hasEnded = kept === 'failing' ? 'the service ended within the last minute, and was restarted' : undefined;
  if (!isAsked(settings, host.name)) return hasEnded ?? (isKept ? undefined : 'nothing keeps the service running');
  const problem = await ask(host, questionOf(settings, host.name, current, port));
  return problem ?? hasEnded ?? (isKept ? undefined : 'answers, but nothing keeps it running');
}

function describe({ host, current, live }: HostState): Omit<HostStatus, 'problem'> {
  const known = live?.release === current ? live : undefined;
  return {
    host,
    isReached: true,
    release: current,
    since: known?.since,
    by: known?.actor,
    deployment: known?.deployment,
  };
}

function unreachable(host: string, problem: string): HostStatus {
  return {
    host,
    isReached: false,
    release: undefined,
    since: undefined,
    by: undefined,
    deployment: undefined,
    problem,
  };
}
