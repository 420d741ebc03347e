import type { Environment } from '@opsgraph/config';
import type { ConnectionSettings } from '@opsgraph/postgres';

export interface ConnectionPlace {
  applicationName: string;
  stateDirectory: string;
  signal: AbortSignal;
}

/** How to log in to the target that a configuration names; resolves its secret. */
export async function targetConnection(
  config: Pick<Environment, 'database'>,
  place: ConnectionPlace,
): Promise<ConnectionSettings> {
  // Not at the top: every --help would load the whole configuration.
  const { databaseUrl } = await import('@opsgraph/config');
  const { lockTimeout, statementTimeout, connectTimeout } = config.database;
  const { applicationName, stateDirectory, signal } = place;
  const url = await databaseUrl(config, { stateDirectory, signal });
  return { url, applicationName, lockTimeout, statementTimeout, connectTimeout, signal };
}
