import type { DeploymentSettings } from '../settings.ts';
import type { HostState } from './host-state.ts';

/**
 * One line for each host that has this release with links for another
 * `deployment.shared`: they are made when a release is put together, and not
 * changed under a service that runs.
 */
export function sharedWaiting(
  states: readonly HostState[],
  { shared: wanted }: Pick<DeploymentSettings, 'shared'>,
  release: string | null | undefined,
): string[] {
  return states
    .filter(({ current, shared }) => current !== undefined && current === release && shared !== undefined)
    .filter(({ shared }) => shared !== JSON.stringify(wanted))
    .map(
      ({ host, current }) =>
        `${host}: deployment.shared has changed since release ${current} was deployed there; it takes effect with the next release`,
    );
}
