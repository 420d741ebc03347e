import * as hosts from '@opsgraph/hosts';
import { refusals } from '../scripts/refusals.ts';
import type { DeploymentSettings } from '../settings.ts';

export interface Reach {
  settings: DeploymentSettings;
  signal: AbortSignal | undefined;
  /** Connections are left to the next step of this deployment, which need not open them again. */
  deployment?: string;
  /** There is no next step. */
  isLast?: boolean;
}

/**
 * The hosts of a deployment, see withHosts of @opsgraph/hosts.
 *
 * @throws OpsError HOST_UNREACHABLE (69), HOST_KEY_WRONG and HOST_LOGIN_REFUSED (77)
 */
export function withHosts<T>(reach: Reach, work: Parameters<typeof hosts.withHosts<T>>[1]): Promise<T> {
  return hosts.withHosts(asReach(reach), work);
}

/** The same, but a host that cannot be reached is reported to `work` instead of ending it. */
export function withReachableHosts<T>(
  reach: Reach,
  work: Parameters<typeof hosts.withReachableHosts<T>>[1],
): Promise<T> {
  return hosts.withReachableHosts(asReach(reach), work);
}

function asReach({ settings, signal, deployment, isLast }: Reach): hosts.Reach {
  return {
    settings: { ...settings, ports: settings.service.ports },
    signal,
    refusals,
    ...(deployment !== undefined && { leftAs: deployment }),
    ...(isLast !== undefined && { isLast }),
  };
}
