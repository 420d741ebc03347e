import type { Environment } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';

/**
 * A role of the service that is named must have a password: without one it
 * would not be made, and the service would start without DATABASE_URL.
 *
 * @throws OpsError ROLE_PASSWORD_MISSING (78)
 */
export function requireAppPassword({ database: { roles } }: Pick<Environment, 'database'>, environment: string): void {
  const { app } = roles;
  if (app === undefined || app.password.isSet) return;
  throw new OpsError({
    code: 'ROLE_PASSWORD_MISSING',
    exit: 'configuration',
    message: `database.roles.app names role ${app.name}, and its password (${app.password.name}) is not set`,
    hint: `set it in the process environment or in config/.env.${environment}; or remove database.roles.app when the service logs in otherwise`,
  });
}
