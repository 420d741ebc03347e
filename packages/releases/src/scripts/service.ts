import type { ServiceSettings } from '../settings.ts';
import { word } from './prelude.ts';

/**
 * Keeps one command running: after it has ended it is started again, later
 * each time (up to 30 s), until TERM. A command that ends well at once has put
 * itself into the background and cannot be kept.
 */
const supervisor = `slot=$1
shift
state=$OPS_ROOT/.ops/service/$slot
stopping=
child=
put() { printf '%s\\n' "$2" >"$1.$$" && mv -f "$1.$$" "$1"; }
trap 'stopping=1; [ -n "$child" ] && kill -TERM "$child" 2>/dev/null' TERM INT
trap '' HUP
put "$state/born" "$(sed 's/^.*) //' "/proc/$$/stat" 2>/dev/null | cut -d ' ' -f 20)"
put "$state/pid" $$
pause=1
while :; do
  began=$(date +%s)
  "$@" 3>&- &
  child=$!
  while :; do
    wait "$child"
    status=$?
    kill -0 "$child" 2>/dev/null || break
  done
  child=
  [ -n "$stopping" ] && exit 0
  lasted=$(($(date +%s) - began))
  echo "the service ended with $status after $lasted s"
  if [ "$status" -eq 0 ] && [ "$lasted" -lt 2 ]; then
    put "$state/failed" "its command ended at once, with 0: it must stay in the foreground"
    exit 1
  fi
  put "$state/failed" "it ended with $status after $lasted s"
  [ "$lasted" -gt 60 ] && pause=1
  sleep "$pause" &
  wait $!
  [ -n "$stopping" ] && exit 0
  pause=$((pause * 2))
  [ "$pause" -gt 30 ] && pause=30
done
`;

export interface ServiceEnvironment {
  /** What the service gets beside PORT, RELEASE, PATH and HOME. */
  values: Readonly<Record<string, string>>;
}

/** Functions `service_start RELEASE PORT`, `service_stop PORT`, `service_failed PORT`, `service_problem PORT`; a service is known by its port. */
export function serviceFunctions(service: ServiceSettings, { values }: ServiceEnvironment): string {
  const exports = Object.entries(values).map(([name, value]) => `${name}=${word(value)}; export ${name}`);
  return `service_environment() {
  unset OPSGRAPH_COMMAND
  OPS_ROOT=$root; RELEASE=$1; PORT=$2; OPS_SERVICE="$root:$2;"
  export OPS_ROOT RELEASE PORT OPS_SERVICE
  ${exports.join('\n  ') || ':'}
}
service_log() {
  mkdir -p .ops/log
  [ -f .ops/log/service.log ] && [ "$(wc -c <.ops/log/service.log)" -gt 10000000 ] && mv -f .ops/log/service.log .ops/log/service.log.1
  # where the words of this start begin: those before are another release's
  put .ops/log/begun "$(($(cat .ops/log/service.log 2>/dev/null | wc -c) + 1))"
}
${service.run === undefined ? commanded(service) : supervised(service.run, Math.ceil(service.stopWithin / 1000))}`;
}

function supervised(run: readonly string[], seconds: number): string {
  return `service_alive() {
  ops_pid=$(cat ".ops/service/$1/pid" 2>/dev/null) || return 1
  kill -0 "$ops_pid" 2>/dev/null || return 1
  ops_stat=$(sed 's/^.*) //' "/proc/$ops_pid/stat" 2>/dev/null)
  # ended, but in a container without an init nobody takes note of it
  case $ops_stat in Z* | X*) return 1 ;; esac
  # the number may be somebody else's by now
  [ "$(echo "$ops_stat" | cut -d ' ' -f 20)" = "$(cat ".ops/service/$1/born" 2>/dev/null)" ]
}
service_start() {
  service_log
  mkdir -p ".ops/service/$2"
  rm -f ".ops/service/$2/pid" ".ops/service/$2/failed"
  put ".ops/service/$2/release" "$1"
  cat >".ops/supervise.$$" <<'OPS_SUPERVISOR'
${supervisor}OPS_SUPERVISOR
  mv -f ".ops/supervise.$$" .ops/supervise
  (
    service_environment "$1" "$2"
    cd "releases/$1" || exit 1
    if command -v setsid >/dev/null 2>&1; then
      exec setsid sh "$root/.ops/supervise" "$2" ${run.map(word).join(' ')}
    else
      set -m
      nohup sh "$root/.ops/supervise" "$2" ${run.map(word).join(' ')} &
    fi
  ) </dev/null >>.ops/log/service.log 2>&1 &
  ops_tries=0
  until [ -f ".ops/service/$2/pid" ]; do
    ops_tries=$((ops_tries + 1))
    [ "$ops_tries" -gt 100 ] && fail SERVICE_FAILED "the service could not be started"
    sleep 0.05
  done
}
service_stop() {
  if service_alive "$1"; then
    kill -TERM "$ops_pid" 2>/dev/null
    ops_tries=0
    while service_alive "$1" && [ "$ops_tries" -lt ${seconds * 20} ]; do ops_tries=$((ops_tries + 1)); sleep 0.05; done
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
service_failed() { [ -n "$(find ".ops/service/$1/failed" -mmin -1 2>/dev/null)" ]; }
# says nothing when it runs as it should
service_problem() {
  if service_failed "$1" || ! service_alive "$1"; then cat ".ops/service/$1/failed" 2>/dev/null || echo "it is not running"; fi
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
  if [ -n "\${ops_was_live:-}" ]; then service_command ${word(reload ?? start ?? ':')} "$1" "$2"; else service_command ${word(start ?? reload ?? ':')} "$1" "$2"; fi
  mkdir -p ".ops/service/$2" && put ".ops/service/$2/release" "$1"
}
service_stop() {
  ops_release=$(cat ".ops/service/$1/release" 2>/dev/null) || return 0
  service_command ${word(stop ?? ':')} "$ops_release" "$1"
  rm -rf ".ops/service/$1"
}
`;
}
