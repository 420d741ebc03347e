import type { DeploymentSettings } from '../settings.ts';
import type { Host } from './host.ts';
import { localHost } from './local-host.ts';

export interface Reach {
  settings: DeploymentSettings;
  signal: AbortSignal | undefined;
}

/**
 * Opens the hosts of an environment, hands them to `work` and lets go of them
 * whatever happens.
 *
 * @throws OpsError HOST_UNREACHABLE (69), HOST_KEY_WRONG and HOST_LOGIN_REFUSED (77)
 */
export async function withHosts<T>(
  { settings, signal }: Reach,
  work: (hosts: readonly Host[]) => Promise<T>,
): Promise<T> {
  const hosts = Object.entries(settings.hosts).map(([name, { port, root }]) =>
    localHost({
      name,
      root: root ?? settings.root,
      ports: port === undefined ? settings.service.ports : [port],
      timeout: settings.stepTimeout,
      signal,
    }),
  );
  return work(hosts);
}
