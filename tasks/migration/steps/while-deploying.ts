import type { TaskContext } from '@opsgraph/kit';

type OnDatabase = TaskContext<Record<never, never>, 'database', 'deployment'>;

/** A migration that is a step of a deployment may take longer than the deployment's lease. */
export async function whileDeploying<T>(
  { session, connection, config: { deployment }, stateDirectory }: OnDatabase,
  work: () => Promise<T>,
): Promise<T> {
  if (deployment === undefined) return work();
  const { keepLease } = await import('@opsgraph/releases/keep-lease');
  return keepLease({ session, connection, stateDirectory, expiry: deployment.leaseExpiry }, work);
}
