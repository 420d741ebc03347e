import type { ServiceSettings } from '../settings.ts';
import { type HostLease, holdLease } from './hold-lease.ts';
import { listeningFunctions } from './listening.ts';
import { enterRoot, prelude, word } from './prelude.ts';
import { type ServiceEnvironment, serviceFunctions } from './service.ts';

export interface Switching {
  root: string;
  lease: HostLease;
  service: ServiceSettings;
  environment: ServiceEnvironment;
  port: number;
  /** Whether the service listens at its port; nobody else may then. */
  listens: boolean;
  /** For the record on the host. */
  deployment: string;
  actor: string;
}

/**
 * Makes a release the live one: `current` by rename(2), then the service. Run
 * again it does nothing when the service already runs that release. What the
 * host's own record says is written first: a switch that nobody recorded would
 * be nobody's.
 */
export function switchScript(input: Switching, release: string): string {
  return `${begin(input)}
[ -f releases/${release}/.release.json ] || fail RELEASE_GONE "release ${release} is not there, or has no manifest"
if serves ${release} ${input.port} && [ "$(readlink current)" = releases/${release} ]; then say unchanged; exit 0; fi
${input.service.run === undefined ? '' : `service_stop ${input.port}\n${requireFree(input)}`}
hold
record ${release} ${input.port}
point ${release}
service_start ${release} ${input.port}
say switched
`;
}

/** Takes the host back to having no release at all: the first one failed. */
export function clearScript(input: Switching): string {
  return `${begin(input)}
service_stop ${input.port}
hold
rm -f current .ops/live
audit none
say switched
`;
}

/** Starts a release beside the live one, on its own port; requests do not go there yet. */
export function startBesideScript(input: Switching, release: string): string {
  return `${begin(input)}
[ -f releases/${release}/.release.json ] || fail RELEASE_GONE "release ${release} is not there, or has no manifest"
if serves ${release} ${input.port}; then say running; exit 0; fi
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
  return `${begin(input)}
hold
put .ops/turning ${input.port} || exit 1
OPS_PORT=${input.port}; OPS_RELEASE=${release}; OPS_ROLES=${word(input.environment.values['OPS_ROLES'] ?? '')}
export OPS_PORT OPS_RELEASE OPS_ROLES
( unset OPSGRAPH_COMMAND; sh -c ${word(command)} ) </dev/null >>.ops/log/proxy.log 2>&1 || fail COMMAND_FAILED "the proxy did not switch: $(tail -n 1 .ops/log/proxy.log)"
record ${release} ${input.port}
point ${release}
rm -f .ops/turning
say switched
`;
}

/** Ends the service on a port. */
export function stopScript(input: Switching): string {
  return `${begin(input)}
if service_alive ${input.port}; then say stopped; fi
service_stop ${input.port}
audit stop
`;
}

function requireFree({ listens, port }: Switching): string {
  return listens ? `require_free ${port}` : ':';
}

function begin({ root, lease, service, environment, deployment, actor }: Switching): string {
  return `${prelude(root)}
${enterRoot}
${holdLease(lease)}
[ -d .ops/log ] && [ -d .ops/service ] || mkdir -p .ops/log .ops/service
${serviceFunctions(service, environment)}
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
record() { at; printf '%s\\n%s\\n%s\\n%s\\n%s\\n' "$1" ${word(deployment)} ${word(actor)} "\${ops_time#* }" "$2" >.ops/live.$$ && mv -f .ops/live.$$ .ops/live && audit_at "$1"; }
# mv -T is rename(2) on Linux and busybox; BSD and macOS say -h
point() {
  [ -L ".ops/current.$fence" ] && rm -f ".ops/current.$fence"
  ln -s "releases/$1" ".ops/current.$fence" || exit 1
  mv -fT ".ops/current.$fence" current 2>/dev/null || mv -fh ".ops/current.$fence" current || exit 1
}
`;
}
