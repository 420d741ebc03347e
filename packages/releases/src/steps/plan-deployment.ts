import { createHash } from 'node:crypto';
import { OpsError } from '@opsgraph/errors';
import type { Manifest } from '../artifact/manifest.ts';
import type { HostState } from '../rollout/host-state.ts';
import type { Schema } from './schema-fit.ts';

export interface PlannedChange {
  action: 'upload' | 'switch' | 'restart' | 'apply';
  object: string;
}

export interface DeploymentPlan {
  changes: readonly PlannedChange[];
  /** Of everything it rests on: the release, every host's state, the schema. */
  hash: string;
}

/** What a deployment of this release would do, from what was read. */
export function planDeployment(manifest: Manifest, states: readonly HostState[], schema: Schema): DeploymentPlan {
  const changes = [
    ...states.flatMap((state) => hostChanges(manifest.id, state).filter(({ action }) => action === 'upload')),
    ...schema.pending.map((name) => ({ action: 'apply', object: `migration ${name}` }) as const),
    ...states.flatMap((state) => hostChanges(manifest.id, state).filter(({ action }) => action !== 'upload')),
  ];
  const ground = [
    manifest.contentSha256,
    ...schema.applied.toSorted(),
    '-',
    ...schema.pending,
    ...states.map(({ host, current, live, releases }) =>
      [host, current ?? '', live?.deployment ?? '', releases.get(manifest.id) ?? ''].join(' '),
    ),
  ];
  return { changes, hash: createHash('sha256').update(ground.join('\n')).digest('hex').slice(0, 16) };
}

function hostChanges(id: string, { host, current, releases, services, live }: HostState): PlannedChange[] {
  const changes: PlannedChange[] = [];
  if (releases.get(id) !== 'complete') changes.push({ action: 'upload', object: `release ${id} to ${host}` });
  if (current !== id) changes.push({ action: 'switch', object: `${host} from ${current ?? 'nothing'} to ${id}` });
  else if (live !== undefined && services.get(live.port)?.isRunning === false)
    changes.push({ action: 'restart', object: `the service on ${host}` });
  return changes;
}

/** @throws OpsError PLAN_STALE (77) when anything moved since the plan was shown */
export function requirePlan(plan: DeploymentPlan, given: string | undefined, environment: string): void {
  if (given === undefined || given === plan.hash) return;
  throw new OpsError({
    code: 'PLAN_STALE',
    exit: 'refused',
    message: `the plan ${given} is not what would happen now (${plan.hash}): the release, a host or the schema has moved`,
    hint: `look again: pnpm --filter deployment run plan:${environment}`,
  });
}
