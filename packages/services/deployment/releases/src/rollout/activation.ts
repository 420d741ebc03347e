import type { Host } from '@opsgraph/hosts';
import { currentMark, type SettingsRecord, serviceDefinition, settingsMark } from '../scripts/service-settings.ts';
import type { DeploymentSettings, KnownSettings } from '../settings.ts';
import type { DeploymentContext } from './context.ts';
import type { HostState } from './host-state.ts';

/** What is live on a host, or was, or is to be: a release, and the settings its service is started with. */
export interface Activation {
  release: string;
  settings: ActivationSettings;
}

export interface ActivationSettings {
  /** On the host. */
  name: string;
  /** To be written there; undefined: it is there. */
  record: SettingsRecord | undefined;
  mark: string;
  known: KnownSettings;
}

export type WantedServices = Pick<DeploymentContext, 'settings' | 'serviceEnvironment'>;

/**
 * The settings of the configuration for a host, under the name that they have there already, else under a new one. The
 * variables tell it its roles, so that one command can start what each kind of host is for.
 *
 * @param name of the deployment
 */
export function configuredSettings(
  { settings, serviceEnvironment }: WantedServices,
  { host, settings: there }: Pick<HostState, 'host' | 'settings'>,
  name: string,
): ActivationSettings {
  const address = settings.hosts[host];
  const values = { ...serviceEnvironment.values, OPS_ROLES: address?.roles.join(' ') ?? '' };
  const mark = settingsMark(settings.service, values);
  const known = knownOf(settings, host);
  const json = JSON.stringify(known);
  for (const [old, one] of there)
    if (one.mark === mark && JSON.stringify(one.known) === json) return { name: old, record: undefined, mark, known };
  let free = name;
  for (let number = 2; there.has(free); number += 1) free = `${name}-${number}`;
  return {
    name: free,
    record: { definition: serviceDefinition(settings.service, values), mark, known: json },
    mark,
    known,
  };
}

/** The settings of this name on a host; undefined: they are not there any more, or never were. */
export function recordedSettings({ settings }: HostState, name: string | undefined): ActivationSettings | undefined {
  const found = name === undefined ? undefined : settings.get(name);
  return found && { name: name!, record: undefined, ...found };
}

/** What a service says of itself that was started with these settings. */
export function fullMark({ mark }: ActivationSettings, { serviceEnvironment }: WantedServices): string {
  return mark + currentMark(serviceEnvironment.current);
}

/** The configuration with what was recorded beside a service, as far as anything was. */
export function settingsWith(settings: DeploymentSettings, known: KnownSettings | undefined): DeploymentSettings {
  if (known === undefined) return settings;
  const { ports: _ports, proxy, ...rest } = known;
  return { ...settings, ...rest, proxy: proxy ?? undefined };
}

/** The ports a host has by the configuration. */
export function portsOf({ hosts, service }: DeploymentSettings, host: string): readonly number[] {
  const port = hosts[host]?.port;
  return port === undefined ? service.ports : [port];
}

/** The host as these settings see it. */
export function withPorts(host: Host, { known }: ActivationSettings): Host {
  return { ...host, ports: known.ports };
}

function knownOf(settings: DeploymentSettings, host: string): KnownSettings {
  const { strategy, health, smoke, proxy } = settings;
  return { strategy, ports: portsOf(settings, host), health, smoke, proxy: proxy ?? null };
}
