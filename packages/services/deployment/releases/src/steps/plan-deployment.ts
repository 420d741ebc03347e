import { createHash } from 'node:crypto';
import { OpsError } from '@opsgraph/errors';
import type { Manifest } from '../artifact/manifest.ts';
import { configuredSettings, fullMark, portsOf, type WantedServices } from '../rollout/activation.ts';
import { isAsked } from '../rollout/ask.ts';
import { makeBatches } from '../rollout/batches.ts';
import type { HostState } from '../rollout/host-state.ts';
import { sameFiles } from '../rollout/same-files.ts';
import type { Schema } from './schema-fit.ts';

interface PlannedChange {
  action: 'upload' | 'switch' | 'start' | 'restart' | 'apply';
  object: string;
}

interface PlannedUpload {
  files: number;
  bytes: number;
  /** Files that become hard links of the release which is live there. */
  unchanged: number;
}

export interface PlannedHost {
  host: string;
  /** Whether its service answers questions; else it has to stay up. */
  isAsked: boolean;
  /** The release it has; undefined: none. */
  from: string | undefined;
  /** undefined: the release is there already. */
  upload: PlannedUpload | undefined;
  /** `start`: its service does not run; `restart`: it has other settings. undefined: it serves the release already. */
  act: 'switch' | 'start' | 'restart' | undefined;
}

export interface DeploymentPlan {
  hosts: readonly PlannedHost[];
  /** In the order of the rollout; those of one batch at once, as far as maxUnavailable lets them. */
  batches: readonly (readonly string[])[];
  pending: readonly string[];
  changes: readonly PlannedChange[];
  /** Of everything it rests on: the release, every host's state, the schema, the settings. */
  hash: string;
}

export interface PlanInput extends WantedServices {
  manifest: Manifest;
  states: readonly HostState[];
  /** Manifests of the releases that hosts have; see readBases. */
  bases: ReadonlyMap<string, Manifest>;
  schema: Schema;
}

/** What a deployment of this release would do, from what was read. */
export function planDeployment(input: PlanInput): DeploymentPlan {
  const { manifest, states, schema, settings } = input;
  const hosts = states.map((state) => planHost(input, state));
  const { id } = manifest;
  const changes: PlannedChange[] = [
    ...hosts.flatMap(({ host, upload }) =>
      upload === undefined ? [] : [{ action: 'upload', object: `release ${id} to ${host}` } as const],
    ),
    ...schema.pending.map((name) => ({ action: 'apply', object: `migration ${name}` }) as const),
    ...hosts.flatMap(({ host, from, act }): PlannedChange[] => {
      if (act === undefined) return [];
      const object = act === 'switch' ? `${host} from ${from ?? 'nothing'} to ${id}` : `the service on ${host}`;
      return [{ action: act, object }];
    }),
  ];
  const batches = makeBatches(
    hosts.map(({ host }) => host),
    settings.rollout,
  );
  return { hosts, batches, pending: schema.pending, changes, hash: hashOf(input) };
}

/** @throws OpsError PLAN_STALE (77) when anything moved since the plan was shown */
export function requirePlan(plan: DeploymentPlan, given: string | undefined, environment: string): void {
  if (given === undefined || given === plan.hash) return;
  throw new OpsError({
    code: 'PLAN_STALE',
    exit: 'refused',
    message: `the plan ${given} no longer holds (now ${plan.hash}): the release, a host, the schema or the settings have changed`,
    hint: `make a new plan: pnpm --filter deployment run plan:${environment}`,
  });
}

function planHost(input: PlanInput, state: HostState): PlannedHost {
  const { manifest, bases } = input;
  const { host, current, releases } = state;
  const asked = isAsked(input.settings, host);
  const act = current === manifest.id ? actOf(input, state) : 'switch';
  if (releases.get(manifest.id) === 'complete') return { host, isAsked: asked, from: current, upload: undefined, act };
  const base = current === undefined ? undefined : bases.get(current);
  const same = new Set(base && sameFiles(manifest, base, input.settings.shared).map(({ path }) => path));
  const sent = manifest.files.filter(({ path }) => !same.has(path));
  const upload = { files: sent.length, bytes: sent.reduce((sum, { size }) => sum + size, 0), unchanged: same.size };
  return { host, isAsked: asked, from: current, upload, act };
}

/** What a host needs that has the release. */
function actOf(wanted: WantedServices, state: HostState): PlannedHost['act'] {
  const { host, live, services } = state;
  const service = live && services.get(live.port);
  if (service === undefined || !['unwatched', 'running'].includes(service.state)) return 'start';
  return portsOf(wanted.settings, host).includes(live!.port) && service.settings === wantedMark(wanted, state)
    ? undefined
    : 'restart';
}

/** What a service that is as configured says of itself. */
function wantedMark(wanted: WantedServices, state: HostState): string {
  return fullMark(configuredSettings(wanted, state, 'planned'), wanted);
}

/** Nothing of it depends on who plans and where: another machine gets the same hash. */
function hashOf({ manifest, states, schema, ...wanted }: PlanInput): string {
  const { contentSha256, id } = manifest;
  const { applied, pending, contents = [] } = schema;
  const { ssh: _way, hosts, ...settings } = wanted.settings;
  const ground = {
    release: contentSha256,
    applied: applied.toSorted(),
    pending,
    contents,
    settings,
    hosts: states.map((state) => ({
      host: state.host,
      address: hosts[state.host],
      current: state.current,
      live: state.live && [state.live.release, state.live.deployment, state.live.port],
      has: state.releases.get(id),
      services: [...state.services],
      wanted: wantedMark(wanted, state),
    })),
  };
  return createHash('sha256').update(JSON.stringify(ground)).digest('hex').slice(0, 16);
}
