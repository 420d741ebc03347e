import { word } from '@opsgraph/hosts';
import { freshenFunction } from './freshen.ts';
import { type HostLease, holdLease } from './hold-lease.ts';
import { listeningFunctions } from './listening.ts';
import { enterRoot, prelude } from './prelude.ts';
import { serviceFunctions } from './service.ts';
import { type ServiceEnvironment, type SettingsRecord, settingsScript } from './service-settings.ts';

/** What every script that starts or ends a service needs. */
export interface Ending {
  root: string;
  lease: HostLease;
  current: ServiceEnvironment['current'];
  /** The stop command of the configuration, for a service that came without one. */
  formerStop: string | undefined;
  /** For the record on the host. */
  deployment: string;
  actor: string;
}

export interface Switching extends Ending {
  /** The name of the settings on the host, and what they are, unless they are there. */
  settings: { name: string; record: SettingsRecord | undefined };
  /** Of the host, separated by spaces. */
  roles: string;
  port: number;
  /** Whether the service listens at its port; nobody else may then. */
  listens: boolean;
  /** Seconds since 1970, see freshenFunction. */
  time: number;
}

/**
 * Makes a release the live one: `current` by rename(2), then the service. Run
 * again it does nothing when the service already runs that release. What the
 * host's own record says is written first: a switch that nobody recorded would
 * be nobody's.
 */
export function switchScript(input: Switching, release: string): string {
  return `${beginStart(input, release)}
if serves ${release} ${input.port} && [ "$(readlink current)" = releases/${release} ] && alone ${input.port}; then
  # the gate alone is another one now
  is_recorded || record ${release} ${input.port}
  say unchanged
  exit 0
fi
freshen ${release}
make_way ${input.port}
[ "$service_kind" = command ] || ${requireFree(input)}
hold
record ${release} ${input.port}
point ${release}
service_start ${release} ${input.port}
say switched
`;
}

/** Takes the host back to having no release at all: the first one failed. */
export function clearScript(input: Ending): string {
  return `${begin(input)}
${eachSlot('service_stop "$ops_its_port"')}
hold
rm -f current .ops/live
audit none
say switched
`;
}

/** For what serves already: its settings have another name now, for another gate. */
export function noteScript(input: Switching, release: string): string {
  return `${beginStart(input, release)}
is_recorded || record ${release} ${input.port}
say unchanged
`;
}

/** Starts a release beside the live one, on its own port; requests do not go there yet. */
export function startBesideScript(input: Switching, release: string): string {
  return `${beginStart(input, release)}
if serves ${release} ${input.port}; then say running; exit 0; fi
freshen ${release}
service_stop ${input.port}
${requireFree(input)}
hold
service_start ${release} ${input.port}
say started
`;
}

/**
 * Leads the requests to the release on its port. .ops/turning is there while
 * it is not known to which port they are led.
 */
export function turnScript(input: Switching, release: string, command: string): string {
  return `${beginStart(input, release)}
hold
put .ops/turning ${input.port} || exit 1
OPS_PORT=${input.port}; OPS_RELEASE=${release}; OPS_ROLES=${word(input.roles)}
export OPS_PORT OPS_RELEASE OPS_ROLES
( unset OPSGRAPH_COMMAND; sh -c ${word(command)} ) </dev/null >>.ops/log/proxy.log 2>&1 || fail COMMAND_FAILED "the proxy did not switch: $(tail -n 1 .ops/log/proxy.log)"
record ${release} ${input.port}
point ${release}
rm -f .ops/turning
say switched
`;
}

/** Ends the services on these ports and on any other that the host has; but not on `except`. */
export function stopScript(input: Ending, ports: readonly number[], except?: number): string {
  return `${begin(input)}
stop_port() {
  [ "$1" = "${except ?? ''}" ] && return
  if service_alive "$1"; then say stopped; fi
  service_stop "$1"
}
${eachSlot('stop_port "$ops_its_port"')}
${ports.map((port) => `stop_port ${port}`).join('\n')}
audit stop
`;
}

/** Ends the service on one port. */
export function stopPortScript(input: Ending, port: number): string {
  return `${begin(input)}
service_stop ${port}
audit stop
`;
}

function requireFree({ listens, port }: Switching): string {
  return listens ? `require_free ${port}` : ':';
}

function eachSlot(command: string): string {
  return `for ops_slot in .ops/service/*; do
  ops_its_port=\${ops_slot##*/}
  [ -d "$ops_slot" ] && ${command}
done`;
}

function beginStart(input: Switching, release: string): string {
  const { settings, time } = input;
  return `${begin(input)}
${freshenFunction(time)}
[ -f releases/${release}/.release.json ] || fail RELEASE_GONE "release ${release} is not there, or has no manifest"
${settingsScript(settings.name, settings.record)}
`;
}

function begin({ root, lease, current, formerStop, deployment, actor }: Ending): string {
  return `${prelude(root)}
${enterRoot}
${holdLease(lease)}
[ -d .ops/service ] || mkdir -p .ops/service
[ -d .ops/log ] || mkdir -p -m 700 .ops/log
${serviceFunctions(current, formerStop)}
${listeningFunctions}
# the service's own socket may need a moment to be gone
require_free() {
  ops_tries=0
  while intruder_at "$1"; do
    [ "$ops_tries" -lt 20 ] || fail PORT_TAKEN "port $1 is taken by $ops_who, which is not the service"
    ops_tries=$((ops_tries + 1))
    sleep 0.05
  done
}
audit() { at; audit_at "$1"; }
at() { ops_time=$(date -u '+%Y-%m-%dT%H:%M:%SZ %s'); }
audit_at() { printf '%s deployment=%s release=%s by=%s\\n' "\${ops_time% *}" ${word(deployment)} "$1" ${word(actor)} >>.ops/audit.log; }
record() { at; printf '%s\\n%s\\n%s\\n%s\\n%s\\n%s\\n' "$1" ${word(deployment)} ${word(actor)} "\${ops_time#* }" "$2" "$settings" >.ops/live.$$ && mv -f .ops/live.$$ .ops/live && audit_at "$1"; }
is_recorded() { [ "$(tail -n 1 .ops/live 2>/dev/null)" = "$settings" ]; }
# mv -T is rename(2) on Linux and busybox; BSD and macOS say -h
point() {
  [ -L ".ops/current.$fence" ] && rm -f ".ops/current.$fence"
  ln -s "releases/$1" ".ops/current.$fence" || exit 1
  mv -fT ".ops/current.$fence" current 2>/dev/null || mv -fh ".ops/current.$fence" current || exit 1
}
`;
}
