import { createHash } from 'node:crypto';
import { word } from '@opsgraph/hosts';
import { Secret } from '@opsgraph/secrets';
import type { ServiceSettings } from '../settings.ts';

export interface ServiceEnvironment {
  /** Recorded on the host beside the commands: they come back with what was live. */
  values: Values;
  /** What holds for the environment now, whatever is started there; never recorded. */
  current: Values;
}

/** Settings of a service as a host keeps them, under a name; see settingsScript. */
export interface SettingsRecord {
  /** What a shell reads to start and to end the service. */
  definition: string;
  /** See settingsMark. */
  mark: string;
  /** What only the deploying side needs, as JSON: the gate, the ports. */
  known: string;
}

/**
 * The commands and recorded variables in 16 digits: a service with others than these is not the one that is wanted,
 * whatever its release. Of variables that hold secrets, so on a host only their owner may read it.
 */
export function settingsMark({ run, start, reload, stop }: ServiceSettings, values: Values): string {
  return digits([run, start, reload, stop, sorted(values)]);
}

/** The same of the variables that are not recorded. */
export function currentMark(values: Values): string {
  return digits(sorted(values));
}

export type Values = Readonly<Record<string, string | Secret>>;

/** Shell text: variables and functions by the same names for every service, see serviceFunctions. */
export function serviceDefinition(service: ServiceSettings, values: Values): string {
  const { run, start, reload, stop } = service;
  const commands =
    run === undefined
      ? `service_kind=command
service_first=${word(start ?? reload ?? ':')}
service_again=${word(reload ?? start ?? ':')}
service_last=${word(stop ?? '')}`
      : `service_kind=run
service_launch() { exec "$@" ${run.map(word).join(' ')}; }`;
  return `${commands}
service_within=${Math.ceil(service.stopWithin / 1000)}
service_values() {
${exportsOf(values)}
}`;
}

export function exportsOf(values: Values): string {
  return [...revealed(values).map(([name, value]) => `${name}=${word(value)}; export ${name}`), ':'].join('\n');
}

/**
 * `settings=NAME`, which is written first where it is not there yet: whole or not at all, and for its owner's eyes
 * alone, for it holds secrets. By commands of the shell itself: no argument of a program shows them.
 */
export function settingsScript(name: string, record: SettingsRecord | undefined): string {
  const begun = '".ops/settings/.new-$$"';
  return `settings=${word(name)}
${
  record === undefined
    ? ''
    : `if [ ! -d ".ops/settings/$settings" ]; then
  umask 077
  mkdir -p ${begun} && printf '%s\\n' ${word(record.definition)} >${begun}/service && printf '%s\\n' ${record.mark} >${begun}/mark &&
    printf '%s\\n' ${word(record.known)} >${begun}/known && mv ${begun} ".ops/settings/$settings" || exit 1
  umask 022
fi`
}
load "$settings" || fail SETTINGS_GONE "the settings $settings of the service are not there"
`;
}

function sorted(values: Values): [string, string][] {
  return revealed(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** For the text of a script, and for the hash of what it holds. */
function revealed(values: Values): [string, string][] {
  return Object.entries(values).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]);
}

function digits(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
