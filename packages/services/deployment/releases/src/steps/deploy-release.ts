import { OpsError } from '@opsgraph/errors';
import { type Host, onAll } from '@opsgraph/hosts';
import type { Release } from '../artifact/build-release.ts';
import { type Deployment, setState } from '../ledger/deployments.ts';
import { beginStages, endStages } from '../ledger/journal.ts';
import { findRelease } from '../ledger/known-releases.ts';
import { type Activation, configuredSettings } from '../rollout/activation.ts';
import type { DeploymentContext, Running } from '../rollout/context.ts';
import type { HostState } from '../rollout/host-state.ts';
import { type RolloutResult, rollOut } from '../rollout/roll-out.ts';
import { type Archive, stageHost } from '../rollout/stage-host.ts';
import { withHosts } from '../rollout/with-hosts.ts';
import { findBefores } from './befores.ts';
import { continueDeployment } from './continue-deployment.ts';
import { inspectEach } from './open-deployment.ts';
import { requireFit, type Schema } from './schema-fit.ts';

// How a release comes to the hosts, after preflight has taken the lease and put its fence up on every host:
//  1. go on under the lease, which is renewed all the while (steps/continue-deployment, withHeartbeat of leases);
//  2. ask every host what it has, over the connection that preflight has left (steps/open-deployment, scripts/inspect);
//  3. put the release together on each that lacks it: links to what is live and equal, one archive of the rest, every
//     file checked by its hash (rollout/stage-host, scripts/stage);
//  4. find out to what each host would go back: its last release and settings in good order (steps/befores);
//  5. leave alone, after one question, the hosts that are as wanted (rollout/as-wanted, rollout/roll-out);
//  6. switch the others batch by batch: write the journal, check the fence, change the link, start the service
//     (rollout/bring-host, scripts/switch, scripts/service);
//  7. wait behind the gate until each answers as this release, or its command has ended (rollout/gate, scripts/watch);
//  8. where one fails, begin no further batch and take back what this run has changed (rollout/undo).

export interface Deployed extends RolloutResult {
  release: string;
  /** Uploaded files by host; one that is missing had the release. */
  uploaded: ReadonlyMap<string, number>;
}

/**
 * Stages the release on all hosts, then switches them batch by batch, each
 * behind the health gate. Run again it does only what is missing.
 *
 * @throws OpsError RELEASE_CHANGED, SCHEMA_MISFIT (77), ROLLOUT_FAILED (1), of hosts (69–77)
 */
export async function deployRelease(context: DeploymentContext, release: Release, schema: Schema): Promise<Deployed> {
  return continueDeployment(context, async (running, deployment) => {
    requireSameRelease(deployment, release);
    requireFit(release.manifest, { applied: schema.applied, pending: [] });
    return withHosts(running, async (hosts) => {
      const states = await inspectEach(hosts);
      const uploaded = await stageAll(running, hosts, states, release);
      const befores = await findBefores(running, states);
      const { id } = release.manifest;
      const wanted = new Map(
        states.map((state): [string, Activation] => [
          state.host,
          { release: id, settings: configuredSettings(running, state, running.deployment) },
        ]),
      );
      const result = await rollOut(running, hosts, wanted, { states, befores });
      await setState(running.session, deployment.id, 'switched');
      return { ...result, uploaded, release: id };
    });
  });
}

/** On every host before the first is switched: a full disk is found while nothing has changed. */
async function stageAll(
  running: Running,
  hosts: readonly Host[],
  states: readonly HostState[],
  release: Release,
): Promise<Map<string, number>> {
  const { session, deployment, settings } = running;
  const parts = new Map<string, Promise<Archive>>();
  const { id, files } = release.manifest;
  const lacking = hosts.filter(({ name }) => stateOf(states, name).releases.get(id) !== 'complete');
  await beginStages(
    session,
    deployment,
    lacking.map(({ name }) => name),
  );
  const uploaded = await onAll(lacking, settings.ssh.parallel, async (host) => {
    const { current } = stateOf(states, host.name);
    const base = current === undefined ? undefined : await findRelease(session, current);
    const count = await stageHost(running, host, release, base, parts);
    running.info(`${host.name}: release ${id} is there (${count} of ${files.length} files uploaded)`);
    return count;
  });
  await endStages(session, deployment, uploaded);
  return uploaded;
}

function stateOf(states: readonly HostState[], host: string): HostState {
  return states.find((one) => one.host === host)!;
}

function requireSameRelease(deployment: Deployment, { manifest }: Release): void {
  if (deployment.release === manifest.id) return;
  throw new OpsError({
    code: 'RELEASE_CHANGED',
    exit: 'refused',
    message: `this deployment was opened for release ${deployment.release}, but the artifact is now ${manifest.id}`,
    hint: 'something rebuilt it in the meantime; start again',
  });
}
