import { readDeployment, readSteps } from '../ledger/deployments.ts';
import type { DeploymentContext } from '../rollout/context.ts';
import type { HostState } from '../rollout/host-state.ts';

/**
 * For each host the release to which it goes back when this deployment fails:
 * what it has now; but where a deployment that never ended well put that there,
 * what the host had before that one.
 */
export async function findBefores(
  { session }: Pick<DeploymentContext, 'session'>,
  states: readonly HostState[],
): Promise<Map<string, string | undefined>> {
  const befores = new Map<string, string | undefined>();
  for (const { host, current, live, releases } of states) {
    const before = await goodBefore(host, current, live?.deployment);
    befores.set(host, before !== undefined && releases.get(before) === 'complete' ? before : undefined);
  }
  return befores;

  async function goodBefore(host: string, current: string | undefined, by: string | undefined) {
    if (current === undefined || by === undefined) return current;
    const deployment = await readDeployment(session, by);
    if (deployment === undefined || deployment.release !== current) return current;
    if (!['abandoned', 'failed', 'open', 'switched'].includes(deployment.state)) return current;
    const step = (await readSteps(session, by)).find((one) => one.host === host && one.step === 'switch');
    return step === undefined ? current : (step.before ?? undefined);
  }
}
