import { OpsError } from '@opsgraph/errors';
import { readLease, renewLease, withHeartbeat } from '@opsgraph/leases';
import { type Deployment, readDeployment } from '../ledger/deployments.ts';
import { leaseName } from '../ledger/lease.ts';
import type { DeploymentContext, Running } from '../rollout/context.ts';
import { endingOnFailure } from './ending-on-failure.ts';
import { runningOf } from './open-deployment.ts';

/**
 * Goes on with the deployment that this checkout has opened, its lease renewed
 * all the while. When `work` fails, the deployment is over. The last step gives
 * the lease back itself.
 *
 * @param mayGoOn throws when it is too early for this step; the deployment stays open
 * @throws OpsError NO_DEPLOYMENT (77), LEASE_LOST (75)
 */
export async function continueDeployment<T>(
  context: DeploymentContext,
  work: (running: Running, deployment: Deployment) => Promise<T>,
  { isLast = false, mayGoOn }: { isLast?: boolean; mayGoOn?(deployment: Deployment): void } = {},
): Promise<T> {
  const { session, settings, environmentName } = context;
  const lease = await readLease(session, leaseName);
  if (lease === undefined || lease.place !== context.place) {
    throw new OpsError({
      code: 'NO_DEPLOYMENT',
      exit: 'refused',
      message:
        lease === undefined
          ? `no deployment to ${environmentName} is open`
          : `the open deployment to ${environmentName} belongs to another checkout (${lease.holder}, ${lease.place.replace(/#.*/, '')})`,
      hint: `${lease === undefined ? '' : 'when that one has ended, '}run all steps: pnpm turbo run deploy:${environmentName}; or start by hand: pnpm --filter deployment run preflight:${environmentName}`,
    });
  }
  await renewLease(session, lease, settings.leaseExpiry);
  const deployment = (await readDeployment(session, lease.run))!;
  mayGoOn?.(deployment);
  return endingOnFailure(context, lease.run, () =>
    withHeartbeat(context.connection, lease, settings.leaseExpiry, async (signal) => {
      const result = await work(await runningOf({ ...context, signal }, lease), deployment);
      // The next step has the whole time to begin.
      if (!isLast) await renewLease(session, lease, settings.leaseExpiry);
      return result;
    }),
  );
}
