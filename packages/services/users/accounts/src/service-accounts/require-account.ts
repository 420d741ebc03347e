import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { command } from '../command.ts';
import { checkName } from './definition.ts';
import { readAccounts, type ServiceAccount, type Services } from './service-tables.ts';

/** @throws OpsError SERVICE_ACCOUNT_UNKNOWN (77) */
export async function requireAccount(
  session: Session,
  services: Services,
  name: string,
  environment: string,
): Promise<ServiceAccount> {
  const [found] = await readAccounts(session, services, checkName(name));
  if (found !== undefined) return found;
  throw new OpsError({
    code: 'SERVICE_ACCOUNT_UNKNOWN',
    exit: 'refused',
    message: `there is no service account ${name}`,
    hint: `${command(environment, 'list-service-accounts')} shows which there are; for a new one: ${command(environment, 'provision-service-account', '--name', name, '--scope', 'SCOPE')}`,
  });
}

export function accountRevoked({ name, revoked, scopes }: ServiceAccount, environment: string): OpsError {
  return new OpsError({
    code: 'SERVICE_ACCOUNT_REVOKED',
    exit: 'refused',
    message: `service account ${name} was revoked at ${revoked?.toISOString()}`,
    hint: `to bring it back, with a new key: ${command(environment, 'provision-service-account', '--name', name, '--scope', scopes.join(','), '--reinstate')}`,
  });
}
