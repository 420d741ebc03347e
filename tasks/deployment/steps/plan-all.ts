import type { Change, TaskContext } from '@opsgraph/kit';
import type { MigrationLocks } from '@opsgraph/migrations';
import type { DeploymentPlan, Manifest } from '@opsgraph/releases';
import { deploymentContext } from './deployment-context.ts';
import { describePlan } from './describe-plan.ts';
import { readSchema } from './read-schema.ts';

type OnDatabase = TaskContext<Record<never, never>, 'database', 'deployment' | 'migrations'>;

export interface FullPlan {
  plan: DeploymentPlan;
  /** Of each pending migration, as a rehearsal measured them. */
  locks: MigrationLocks[];
  /** The same for people. */
  described: Change[];
}

/**
 * What a deployment of this release would do, with what its migrations lock:
 * they are rehearsed on the target in a transaction that is rolled back.
 *
 * @throws OpsError SCHEMA_MISFIT (77), of hosts, and what a migration would fail with
 */
export async function planAll(context: OnDatabase, manifest: Manifest): Promise<FullPlan> {
  const { inspectAll, planDeployment, readBases, requireFit, sharedWaiting } = await import('@opsgraph/releases');
  const schema = await readSchema(context);
  requireFit(manifest, schema);
  const { settings, serviceEnvironment } = await deploymentContext(context, { starts: true });
  const states = await inspectAll({ settings, signal: context.signal });
  for (const line of sharedWaiting(states, settings, manifest.id)) context.talk.warn(line);
  const bases = await readBases(context.session, states);
  const plan = planDeployment({ manifest, states, bases, schema, settings, serviceEnvironment });
  const locks = schema.pending.length === 0 ? [] : await measureLocks(context);
  return { plan, locks, described: describePlan(plan, locks, settings) };
}

async function measureLocks({
  session,
  connection,
  config,
  projectRoot,
  run,
  signal,
}: OnDatabase): Promise<MigrationLocks[]> {
  const { rehearse, summariseLocks } = await import('@opsgraph/migrations');
  const { withScratchDatabase } = await import('@opsgraph/scratch-databases');
  const { adminUrl: given } = config.database;
  const adminUrl = given?.isSet === true ? await given.resolve(signal) : undefined;
  return summariseLocks(
    await rehearse(session, {
      ...config.migrations,
      projectRoot,
      run: run.id,
      to: undefined,
      withScratch: (work) => withScratchDatabase({ target: connection, adminUrl }, work),
    }),
  );
}
