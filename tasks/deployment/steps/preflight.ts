import { loadApplication, loadEnvironment } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';
import type { TaskContext, TaskReport } from '@opsgraph/kit';
import { targetConnection } from '@opsgraph/kit/target-connection';
import { withSession } from '@opsgraph/postgres';
import type { DeploymentPlan, Opened, Release } from '@opsgraph/releases';
import { chapter } from '@opsgraph/releases/chapter';
import { deploymentContext, settingsOf } from './deployment-context.ts';
import { asLines, describePlan } from './describe-plan.ts';
import { readSchema } from './read-schema.ts';
import { requireServiceLogin } from './require-service-login.ts';

type OnDatabase = TaskContext<Record<never, never>, 'database', 'deployment' | 'migrations'>;

export interface PreflightOptions {
  plan: string | undefined;
  resume: boolean;
  override: string | undefined;
}

/** Opens the deployment; every check that may refuse it is here. */
export async function preflightDeployment(
  context: OnDatabase,
  release: Release,
  { plan: expected, resume, override }: PreflightOptions,
): Promise<TaskReport> {
  // not all of it: what a rollout does is loaded by the step that does it
  const { readCommit, requireClean } = await import('@opsgraph/releases/read-commit');
  const { requireFit } = await import('@opsgraph/releases/schema-fit');
  const { planDeployment, requirePlan } = await import('@opsgraph/releases/plan-deployment');
  const { environmentName, projectRoot, signal } = context;
  const { manifest } = release;
  const settings = settingsOf(context.config, environmentName);
  requireServiceLogin(context.config, environmentName);
  const commit = await readCommit(projectRoot, signal);
  if (settings.cleanCommit) {
    requireClean(commit, environmentName);
    const { describeApplication, requireCurrent } = await import('@opsgraph/releases');
    const { manifest: now } = await describeApplication(await loadApplication(projectRoot));
    requireCurrent(manifest, now);
  }
  if (settings.verifiedOn !== undefined && override === undefined)
    await requireVerifiedOn(context, settings.verifiedOn, manifest.id);
  const schema = await readSchema(context);
  requireFit(manifest, schema);

  const inputs = await deploymentContext(context, { starts: true });
  if (context.dryRun) {
    const { planAll } = await import('./plan-all.ts');
    const { plan, described } = await planAll(context, manifest);
    requirePlan(plan, expected, environmentName);
    const summary = `release ${manifest.id} would be deployed to ${environmentName}; plan ${plan.hash}`;
    return { summary, changes: described };
  }
  const opening = {
    kind: 'deploy',
    manifest,
    commit: commit.changed.length === 0 ? commit.commit : undefined,
    plan: expected,
    reason: override,
  } as const;
  const { openDeployment } = await import('@opsgraph/releases/open-deployment');
  const { readBases } = await import('@opsgraph/releases/read-bases');
  let plan: DeploymentPlan | undefined;
  const planOf = async (states: Opened['states']): Promise<DeploymentPlan> => {
    const bases = await readBases(context.session, states);
    return planDeployment({ ...inputs, manifest, states, bases, schema });
  };
  await openDeployment(inputs, opening, async (opened: Opened) => {
    const { deployment } = opened.running;
    if (resume) {
      const { requireResumable } = await import('@opsgraph/releases');
      await requireResumable(context.session, deployment, manifest.id, environmentName);
    }
    plan = await planOf(opened.states);
    requirePlan(plan, expected, environmentName);
  });
  const from =
    opening.commit === undefined ? 'a tree with uncommitted changes' : `commit ${opening.commit.slice(0, 12)}`;
  const summary =
    plan?.changes.length === 0
      ? `release ${manifest.id} is on every host of ${environmentName} already`
      : `release ${manifest.id} from ${from} can go to ${environmentName}`;
  // What is planned is not changed yet: only the deployment has been opened.
  return {
    summary,
    changes: [],
    lines: plan === undefined ? [] : asLines(describePlan(plan, [], settings)),
    data: { release: manifest.id, plan: plan?.hash, planned: plan?.changes },
  };
}

/** With that environment's own files alone: DATABASE_URL of this process is the other environment's. */
async function requireVerifiedOn(context: OnDatabase, name: string, release: string): Promise<void> {
  const { notVerifiedBefore, requireVerified } = await import('@opsgraph/releases');
  const { projectRoot, stateDirectory, signal, run } = context;
  const place = { applicationName: `ops deployment look at ${name} ${run.id}`, stateDirectory, signal };
  try {
    const { environment } = await loadEnvironment({ root: projectRoot, name, env: {}, sections: [] });
    await withSession({ ...(await targetConnection(environment, place)), ownSqlOnly: true }, async (session) => {
      const { requireChapters, requireEnvironment } = await import('@opsgraph/ledger');
      requireChapters(await requireEnvironment(session, name), [chapter], name);
      await requireVerified(session, release, name);
    });
  } catch (error) {
    if ((error instanceof OpsError && error.code === 'NOT_VERIFIED_BEFORE') || signal.aborted) throw error;
    throw notVerifiedBefore(
      `whether release ${release} was verified on ${name} cannot be seen: ${(error as Error).message}`,
      name,
      error,
    );
  }
}
