import type { Environment } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';

/**
 * Before a service is started: where the configuration names its role in the
 * database, the role has a password, or the service is given a DATABASE_URL of
 * its own. Otherwise it would start without one.
 *
 * @throws OpsError SERVICE_LOGIN_MISSING (78)
 */
export function requireServiceLogin(
  { database, deployment }: Pick<Environment, 'database' | 'deployment'>,
  environment: string,
): void {
  const { app } = database.roles;
  if (app === undefined || app.password.isSet || deployment?.service.variables['DATABASE_URL'] !== undefined) return;
  throw new OpsError({
    code: 'SERVICE_LOGIN_MISSING',
    exit: 'configuration',
    message: `the service logs in as ${app.name}, whose password (${app.password.name}) is not set`,
    hint: `set it in the process environment or in config/.env.${environment}; or give the service a DATABASE_URL in deployment.service.variables`,
  });
}
