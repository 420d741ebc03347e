import { createHash } from 'node:crypto';
import type { ServiceSettings } from '../settings.ts';
import { word } from './prelude.ts';
import { largestLog, supervisor, supervisorMark } from './supervisor.ts';

export interface ServiceEnvironment {
  /** What the service gets beside PORT, RELEASE, PATH and HOME. */
  values: Readonly<Record<string, string>>;
}

/**
 * What a service was started with, in 16 digits: a service with other commands or variables than these is not the one
 * that is wanted, whatever its release. Of variables that hold secrets, so on a host only their owner may read it.
 */
export function settingsMark({ run, start, reload, stop }: ServiceSettings, { values }: ServiceEnvironment): string {
  const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([run, start, reload, stop, sorted]))
    .digest('hex')
    .slice(0, 16);
}

/** Functions `service_start RELEASE PORT`, `service_stop PORT`, `service_failed PORT`, `service_problem PORT`; a service is known by its port. */
export function serviceFunctions(service: ServiceSettings, environment: ServiceEnvironment): string {
  const { values } = environment;
  const mark = settingsMark(service, environment);
  const exports = Object.entries(values).map(([name, value]) => `${name}=${word(value)}; export ${name}`);
  return `service_environment() {
  unset OPSGRAPH_COMMAND
  OPS_ROOT=$root; RELEASE=$1; PORT=$2; OPS_SERVICE="$root:$2;"
  export OPS_ROOT RELEASE PORT OPS_SERVICE
  ${exports.join('\n  ') || ':'}
}
service_log() {
  [ -d .ops/log ] || mkdir -p .ops/log
  ops_size=0
  [ -f .ops/log/service.log ] && ops_size=$(wc -c <.ops/log/service.log)
  if [ "$ops_size" -gt ${largestLog} ]; then mv -f .ops/log/service.log .ops/log/service.log.1; ops_size=0; fi
  # where the words of this start begin: those before are another release's
  printf '%s\\n' "$((ops_size + 1))" >.ops/log/begun
}
serves() {
  service_alive "$2" && first_of ".ops/service/$2/release" && [ "$ops_said" = "$1" ] || return 1
  first_of ".ops/service/$2/settings"
  [ "$ops_said" = ${mark} ] && ! service_failed "$2"
}
# what \`serves\` looks at
service_notes() {
  printf '%s\\n' "$1" >".ops/service/$2/release" || exit 1
  umask 077
  printf '%s\\n' ${mark} >".ops/service/$2/settings" || exit 1
  umask 022
}
${service.run === undefined ? commanded(service) : supervised(service.run, Math.ceil(service.stopWithin / 1000))}`;
}

function supervised(run: readonly string[], seconds: number): string {
  return `service_alive() {
  first_of ".ops/service/$1/pid"
  [ -n "$ops_said" ] || return 1
  ops_pid=$ops_said
  is_running "$ops_pid" || return 1
  # the number may be somebody else's by now
  first_of ".ops/service/$1/born"
  [ "$ops_born" = "$ops_said" ]
}
service_start() {
  service_log
  [ -d ".ops/service/$2" ] || mkdir -p ".ops/service/$2"
  if [ -e ".ops/service/$2/pid" ] || [ -e ".ops/service/$2/failed" ]; then rm -f ".ops/service/$2/pid" ".ops/service/$2/failed"; fi
  service_notes "$1" "$2"
  first_of .ops/supervise
  if [ "$ops_said" != '${supervisorMark}' ]; then
    cat >".ops/supervise.$$" <<'OPS_SUPERVISOR'
${supervisorMark}
${supervisor}OPS_SUPERVISOR
    mv -f ".ops/supervise.$$" .ops/supervise
  fi
  # until it has closed the pipe: it is a session of its own then, and has said who it is
  : "$(
    (
      service_environment "$1" "$2"
      cd "releases/$1" || exit 1
      if command -v setsid >/dev/null 2>&1; then
        exec setsid sh "$root/.ops/supervise" "$2" ${run.map(word).join(' ')}
      else
        set -m
        nohup sh "$root/.ops/supervise" "$2" ${run.map(word).join(' ')} &
      fi
    ) 4>&1 </dev/null >>.ops/log/service.log 2>&1 &
  )"
  [ -f ".ops/service/$2/pid" ] || fail SERVICE_FAILED "the service could not be started"
}
service_stop() {
  if service_alive "$1"; then
    kill -TERM "$ops_pid" 2>/dev/null
    ops_tries=0
    while service_alive "$1" && [ "$ops_tries" -lt ${seconds * 50} ]; do ops_tries=$((ops_tries + 1)); sleep 0.02; done
    # what it started and left in its session
    kill -KILL "-$ops_pid" 2>/dev/null
    ops_tries=0
    while service_alive "$1" && [ "$ops_tries" -lt 100 ]; do ops_tries=$((ops_tries + 1)); sleep 0.05; done
  fi
  # what left the session: known by the mark in its environment
  for ops_entry in $(grep -lF "OPS_SERVICE=$root:$1;" /proc/[0-9]*/environ 2>/dev/null); do
    ops_pid=\${ops_entry#/proc/}
    kill -KILL "\${ops_pid%/environ}" 2>/dev/null
  done
  rm -rf ".ops/service/$1"
}
# of late; one that crashed long ago and was started again is well
service_failed() { [ -f ".ops/service/$1/failed" ] && [ -n "$(find ".ops/service/$1/failed" -mmin -1)" ]; }
# says nothing when it runs as it should
service_problem() {
  if service_failed "$1" || ! service_alive "$1"; then
    first_of ".ops/service/$1/failed" "it is not running"
    echo "$ops_said"
  fi
}
`;
}

function commanded({ start, reload, stop }: ServiceSettings): string {
  return `service_command() {
  service_log
  # its output goes to a file: a daemon that keeps it open must not keep us
  ( service_environment "$2" "$3"; cd "releases/$2" && sh -c "$1" ) </dev/null >>.ops/log/service.log 2>&1 ||
    fail COMMAND_FAILED "the command '$1' ended with $?: $(tail -n 1 .ops/log/service.log)"
}
service_alive() { [ -d ".ops/service/$1" ]; }
service_failed() { false; }
service_problem() { :; }
service_start() {
  if service_alive "$2"; then service_command ${word(reload ?? start ?? ':')} "$1" "$2"; else service_command ${word(start ?? reload ?? ':')} "$1" "$2"; fi
  mkdir -p ".ops/service/$2" && service_notes "$1" "$2"
}
service_stop() {
  first_of ".ops/service/$1/release"
  [ -n "$ops_said" ] || return 0
  service_command ${word(stop ?? ':')} "$ops_said" "$1"
  rm -rf ".ops/service/$1"
}
`;
}
