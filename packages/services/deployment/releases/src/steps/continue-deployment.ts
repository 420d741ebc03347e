import { OpsError } from '@opsgraph/errors';
import { type Deployment, readDeployment } from '../ledger/deployments.ts';
import { withHeartbeat } from '../ledger/heartbeat.ts';
import { readLease, renewLease } from '../ledger/lease.ts';
import type { DeploymentContext, Running } from '../rollout/context.ts';
import { endingOnFailure } from './ending-on-failure.ts';
import { runningOf } from './open-deployment.ts';

/**
 * Goes on with the deployment that this checkout has opened, its lease renewed
 * all the while. When `work` fails, the deployment is over. The last step gives
 * the lease back itself.
 *
 * @param mayGoOn throws when it is too early for this step; the deployment stays open
 * @throws OpsError NO_DEPLOYMENT (77), DEPLOYMENT_RUNNING (75)
 */
export async function continueDeployment<T>(
  context: DeploymentContext,
  work: (running: Running, deployment: Deployment) => Promise<T>,
  { isLast = false, mayGoOn }: { isLast?: boolean; mayGoOn?(deployment: Deployment): void } = {},
): Promise<T> {
  const { session, settings, environmentName } = context;
  const holder = await readLease(session);
  if (holder === undefined || holder.place !== context.place) {
    throw new OpsError({
      code: 'NO_DEPLOYMENT',
      exit: 'refused',
      message:
        holder === undefined
          ? `no deployment to ${environmentName} is open`
          : `the open deployment to ${environmentName} belongs to another checkout (${holder.holder}, ${holder.place.replace(/#.*/, '')})`,
      hint: `${holder === undefined ? '' : 'when that one has ended, '}run all steps: pnpm turbo run deploy:${environmentName}; or start by hand: pnpm --filter deployment run preflight:${environmentName}`,
    });
  }
  const lease = { deployment: holder.deployment, fence: holder.fence };
  await renewLease(session, lease, settings.leaseExpiry);
  const deployment = (await readDeployment(session, lease.deployment))!;
  mayGoOn?.(deployment);
  return endingOnFailure(context, lease.deployment, () =>
    withHeartbeat(context.connection, lease, settings.leaseExpiry, async (signal) => {
      const result = await work(await runningOf({ ...context, signal }, lease), deployment);
      // The next step has the whole time to begin.
      if (!isLast) await renewLease(session, lease, settings.leaseExpiry);
      return result;
    }),
  );
}
