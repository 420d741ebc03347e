import type { TaskContext, TaskReport } from '@opsgraph/kit';
import { targetConnection } from '@opsgraph/kit/target-connection';
import { settingsOf } from './deployment-context.ts';

type OnConfig = TaskContext<Record<never, never>, 'config', 'deployment'>;
type OnDatabase = TaskContext<Record<never, never>, 'database', 'deployment'>;

/**
 * Waits until no other deployment is under way, without the domain's lock,
 * which that one's next step needs; then works on the target.
 */
export async function afterOthers<Config extends OnConfig['config']>(
  context: OnConfig & { config: Config },
  work: (context: OnDatabase & { config: Config }) => Promise<TaskReport>,
): Promise<TaskReport> {
  const { config, environmentName, stateDirectory, signal, talk, run, lockWait } = context;
  settingsOf(config, environmentName);
  const { awaitLease } = await import('@opsgraph/releases/lease');
  const place = { applicationName: `ops deployment wait ${run.id}`, stateDirectory, signal };
  if (!context.dryRun) {
    await awaitLease(await targetConnection(config, place), {
      wait: lockWait,
      onWaiting: ({ holder }) => talk.info(`waiting for the deployment of ${holder}`),
    });
  }
  return context.onTarget((target) => work({ ...context, ...target }));
}
