import { Interrupted, OpsError } from '@opsgraph/errors';
import { freeLease } from '@opsgraph/leases';
import { type Session, withSession } from '@opsgraph/postgres';
import { readDeployment, setState } from '../ledger/deployments.ts';
import { isTakenOver, leaseName } from '../ledger/lease.ts';
import { readStanding } from '../ledger/standing.ts';
import type { DeploymentContext } from '../rollout/context.ts';

/**
 * When `work` fails the deployment is over: recorded as failed, and the lease
 * is free. An interrupted one stays open, for the next to continue; the error
 * says which host has what.
 */
export async function endingOnFailure<T>(
  context: DeploymentContext,
  deployment: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { signal: _mayBeAborted, ...own } = context.connection;
    const isOver = !context.signal.aborted && !isTakenOver(error);
    let told = error;
    await withSession({ ...own, ownSqlOnly: true }, async (session) => {
      if (isOver) {
        const message = error instanceof Error ? error.message : '';
        await setState(session, deployment, 'failed', { finished: true, error: message });
      } else told = await tellStanding(session, context, deployment, error);
      await freeLease(session, { name: leaseName, run: deployment });
    }).catch((second: unknown) =>
      context.warn(`the lease could not be released, and will soon expire by itself: ${(second as Error).message}`),
    );
    throw told;
  }
}

async function tellStanding(
  session: Session,
  context: DeploymentContext,
  id: string,
  error: unknown,
): Promise<unknown> {
  const deployment = await readDeployment(session, id);
  if (!(error instanceof OpsError) || deployment === undefined) return error;
  const { lines, waysOn } = await readStanding(session, deployment, context);
  const problems = [...error.problems, ...lines];
  if (error instanceof Interrupted)
    return new Interrupted(error.signal, error.message, { problems, hint: waysOn, cause: error });
  const { code, exit, message, hint } = error;
  return new OpsError({ code, exit, message, hint, problems, cause: error });
}
