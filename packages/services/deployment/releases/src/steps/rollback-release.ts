import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { setState } from '../ledger/deployments.ts';
import { type GoodActivation, goodActivations, markSettingsWithdrawn } from '../ledger/good-activations.ts';
import { readSteps } from '../ledger/journal.ts';
import { findRelease, type KnownRelease, markVerified, markWithdrawn } from '../ledger/known-releases.ts';
import type { DeploymentContext } from '../rollout/context.ts';
import type { HostState } from '../rollout/host-state.ts';
import { rollOut } from '../rollout/roll-out.ts';
import { activationOf } from './befores.ts';
import { closeDeployment } from './finish-deployment.ts';
import { inspectAll } from './open-deployment.ts';
import { requireOwnRoot } from './require-own-root.ts';
import { requireFit, type Schema } from './schema-fit.ts';
import { smokeCheck } from './verify-deployment.ts';
import { withDeployment } from './with-deployment.ts';

export interface RolledBack {
  release: string;
  /** Releases that were live. */
  from: readonly string[];
  changed: readonly string[];
  /** Of the smoke checks; empty: it is verified. */
  problems: readonly string[];
}

/**
 * Goes back to a release that is still on the hosts: the one named, else that
 * of a rollback that did not end, else the last verified that is not live. Same
 * gate, same undo when it fails.
 *
 * @throws OpsError NO_RELEASE_TO_ROLL_BACK_TO, RELEASE_GONE, SCHEMA_MISFIT (77), ROLLOUT_FAILED (1)
 */
export async function rollbackRelease(
  context: DeploymentContext,
  to: string | undefined,
  schema: Schema,
): Promise<RolledBack> {
  const { target, good, states, left } = await chooseTarget(context, to, schema);
  const live = states.flatMap(({ current }) => current ?? []);
  const from = [...new Set([...live, ...left])].filter((id) => id !== target.id);
  const opening = { kind: 'rollback', manifest: target.manifest, commit: target.git_commit ?? undefined } as const;
  return withDeployment(context, opening, async (running, hosts, now) => {
    const befores = new Map(
      now.map((state) => [
        state.host,
        state.current === undefined ? undefined : activationOf(running, state, state.current, state.live?.settings),
      ]),
    );
    const wanted = new Map(
      now.map((state) => [
        state.host,
        activationOf(running, state, target.id, good?.settings.get(state.host) ?? undefined),
      ]),
    );
    const result = await rollOut(running, hosts, wanted, { states: now, befores });
    const problems = await smokeCheck(running, hosts, target.id);
    const state = problems.length === 0 ? 'verified' : 'switched';
    await context.session.transaction(async () => {
      for (const id of from) await markWithdrawn(context.session, id);
      const kept = [...wanted.values()].map(({ settings }) => settings.name);
      const left = states.flatMap(({ live }) => live?.settings ?? []).filter((name) => !kept.includes(name));
      await markSettingsWithdrawn(context.session, target.id, { left, kept });
      if (problems.length === 0) await markVerified(context.session, target.id);
      await setState(context.session, running.deployment, state);
    });
    await closeDeployment(running, hosts, { id: running.deployment, state });
    return { release: target.id, from, changed: result.changed, problems };
  });
}

export interface Target {
  target: KnownRelease;
  /** The deployment that left it on the hosts in good order, with the settings to go back to. */
  good: GoodActivation | undefined;
  states: readonly HostState[];
  /** Releases that an unended rollback to it has taken from hosts. */
  left: readonly string[];
}

/** What would be gone back to; for --dry-run too. */
export async function chooseTarget(
  context: Pick<DeploymentContext, 'session' | 'settings' | 'signal' | 'environmentName' | 'application'>,
  to: string | undefined,
  schema: Schema,
): Promise<Target> {
  const { session, environmentName, application } = context;
  const states = await inspectAll(context);
  requireOwnRoot(states, application);
  const unended = await findUnendedRollback(session);
  const wanted = to ?? unended?.release;
  const all = await goodActivations(session, application);
  const good =
    wanted === undefined
      ? all.find((one) => !one.isWithdrawn && states.some((state) => differs(state, one)))
      : (all.find(({ release, isWithdrawn }) => release === wanted && !isWithdrawn) ??
        all.find(({ release }) => release === wanted));
  const found = await findRelease(session, wanted ?? good?.release ?? '');
  const target = found?.application === application ? found : undefined;
  if (target === undefined) {
    throw new OpsError({
      code: 'NO_RELEASE_TO_ROLL_BACK_TO',
      exit: 'refused',
      message:
        to === undefined
          ? `${environmentName} has no other verified release of ${application}`
          : `${environmentName} never had a release ${to} of ${application}`,
      hint: `see what there is: pnpm --filter deployment run status:${environmentName}`,
    });
  }
  const gone = states.filter(({ releases }) => releases.get(target.id) !== 'complete').map(({ host }) => host);
  if (gone.length > 0) {
    throw new OpsError({
      code: 'RELEASE_GONE',
      exit: 'refused',
      message: `release ${target.id} is not complete on ${gone.join(', ')}`,
      hint: 'it was removed, or its manifest is missing; check out its commit and deploy it',
    });
  }
  requireFit(target.manifest, schema);
  return { target, good, states, left: unended?.release === target.id ? unended.left : [] };
}

/**
 * Where a rollback was going that was interrupted or died, and the releases that it has taken from hosts: of those one is
 * still the last that was verified.
 */
async function findUnendedRollback(session: Session): Promise<{ release: string; left: string[] } | undefined> {
  const [last] = await session.query<{ id: string; kind: string; release: string | null; state: string }>(
    `SELECT id, kind, release, state FROM ops.deployment WHERE kind IN ('deploy', 'rollback') ORDER BY position DESC LIMIT 1`,
  );
  if (last?.kind !== 'rollback' || last.release === null || !['open', 'abandoned'].includes(last.state))
    return undefined;
  const steps = await readSteps(session, last.id);
  return {
    release: last.release,
    left: steps.flatMap(({ step, before }) => (step === 'switch' ? (before ?? []) : [])),
  };
}

/** Whether a host has another release, or the same with other settings. */
function differs({ host, current, live }: HostState, { release, settings }: GoodActivation): boolean {
  const name = settings.get(host);
  return current !== release || (typeof name === 'string' && live?.settings !== name);
}
