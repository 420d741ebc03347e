import { Secret } from '@opsgraph/secrets';
import { type ServiceEnvironment, settingsMark } from '../scripts/service.ts';
import type { DeploymentContext } from './context.ts';

export type WantedServices = Pick<DeploymentContext, 'settings' | 'serviceEnvironment'>;

/** What the service on a host gets, for the script that starts it; with its roles, so that one command can start what each kind of host is for. */
export function environmentOf({ settings, serviceEnvironment }: WantedServices, host: string): ServiceEnvironment {
  const values = Object.entries(serviceEnvironment).map(([name, value]) => [
    name,
    value instanceof Secret ? value.reveal() : value,
  ]);
  return { values: { ...Object.fromEntries(values), OPS_ROLES: settings.hosts[host]?.roles.join(' ') ?? '' } };
}

/** What a service that is as configured was started with. */
export function wantedMark(wanted: WantedServices, host: string): string {
  return settingsMark(wanted.settings.service, environmentOf(wanted, host));
}
