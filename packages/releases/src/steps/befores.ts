import type { Session } from '@opsgraph/postgres';
import type { DeploymentContext } from '../rollout/context.ts';
import type { HostState } from '../rollout/host-state.ts';

/**
 * For each host the release to which it goes back when this deployment fails:
 * what it has now; but where a deployment that never ended well put that there,
 * what the host had before that one. By the journal, which is written before
 * the host is touched: what the host itself says may be half written.
 */
export async function findBefores(
  { session }: Pick<DeploymentContext, 'session'>,
  states: readonly HostState[],
): Promise<Map<string, string | undefined>> {
  const befores = new Map<string, string | undefined>();
  for (const { host, current, releases } of states) {
    const before = current === undefined ? undefined : await goodBefore(session, host, current);
    befores.set(host, before !== undefined && releases.get(before) === 'complete' ? before : undefined);
  }
  return befores;
}

async function goodBefore(session: Session, host: string, current: string): Promise<string | undefined> {
  const [switched] = await session.query<{ before: string | null; state: string }>(
    `SELECT s.before, d.state FROM ops.deployment_step s JOIN ops.deployment d ON d.id = s.deployment
     WHERE s.host = $1 AND s.step = 'switch' AND d.release = $2 ORDER BY d.position DESC LIMIT 1`,
    [host, current],
  );
  const endedWell = switched === undefined || ['verified', 'unchanged'].includes(switched.state);
  return endedWell ? current : (switched.before ?? undefined);
}
