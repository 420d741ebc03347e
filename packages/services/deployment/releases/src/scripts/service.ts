import { word } from '@opsgraph/hosts';
import { currentMark, exportsOf, type ServiceEnvironment } from './service-settings.ts';
import { largestLog, supervisor, supervisorMark } from './supervisor.ts';

/**
 * Functions to look at, start and end services; one is known by its port (its slot). What runs is ended by the settings
 * it was started with, whatever the configuration says by now; `load` has read those of what is to be started.
 *
 * @param formerStop for a service whose own settings say nothing: the stop command of the configuration
 */
export function serviceFunctions(current: ServiceEnvironment['current'], formerStop: string | undefined): string {
  const mark = currentMark(current);
  return `load() {
  service_kind= service_first= service_last=
  service_values() { :; }
  [ -r ".ops/settings/$1/service" ] && . "./.ops/settings/$1/service"
}
service_environment() {
  unset OPSGRAPH_COMMAND
  OPS_ROOT=$root; RELEASE=$1; PORT=$2; OPS_SERVICE="$root:$2;"
  export OPS_ROOT RELEASE PORT OPS_SERVICE
  service_values
${exportsOf(current)}
}
service_log() {
  # what a service says is for its owner, also what an earlier version of this script has kept
  [ -d .ops/log ] || mkdir -p -m 700 .ops/log
  umask 077
  : >>.ops/log/service.log
  chmod go= .ops/log .ops/log/*
  ops_size=0
  [ -f .ops/log/service.log ] && ops_size=$(wc -c <.ops/log/service.log)
  if [ "$ops_size" -gt ${largestLog} ]; then mv -f .ops/log/service.log .ops/log/service.log.1; ops_size=0; fi
  # where the words of this start begin: those before are another release's
  printf '%s\\n' "$((ops_size + 1))" >.ops/log/begun
  : >>.ops/log/service.log
  umask 022
}
kind_of() {
  first_of ".ops/service/$1/kind"
  ops_kind=$ops_said
  [ -n "$ops_kind" ] && return
  # started by an Opsgraph that did not note it; no slot at all: there may be what has left its session
  if [ -f ".ops/service/$1/release" ] && [ ! -f ".ops/service/$1/pid" ]; then ops_kind=command; else ops_kind=run; fi
}
service_alive() {
  [ -d ".ops/service/$1" ] || return 1
  kind_of "$1"
  [ "$ops_kind" = command ] && return
  first_of ".ops/service/$1/pid"
  [ -n "$ops_said" ] || return 1
  ops_pid=$ops_said
  is_running "$ops_pid" || return 1
  # the number may be somebody else's by now
  first_of ".ops/service/$1/born"
  [ "$ops_born" = "$ops_said" ]
}
serves() {
  service_alive "$2" && first_of ".ops/service/$2/release" && [ "$ops_said" = "$1" ] || return 1
  first_of ".ops/settings/$settings/mark"
  ops_mark="$ops_said"${mark}
  first_of ".ops/service/$2/settings"
  [ "$ops_said" = "$ops_mark" ] && ! service_failed "$2"
}
alone() {
  for ops_slot in .ops/service/*; do
    [ -d "$ops_slot" ] && [ "\${ops_slot##*/}" != "$1" ] && return 1
  done
  return 0
}
# recently; a service that was restarted long ago counts as healthy
service_failed() { [ -f ".ops/service/$1/failed" ] && [ -n "$(find ".ops/service/$1/failed" -mmin -1)" ]; }
# says nothing when it runs as it should
service_problem() {
  kind_of "$1"
  [ "$ops_kind" = command ] && return
  if service_failed "$1" || ! service_alive "$1"; then
    first_of ".ops/service/$1/failed" "it is not running"
    echo "$ops_said"
  fi
}
${starting(mark)}
${ending(formerStop)}`;
}

function starting(mark: string): string {
  return `service_start() {
  if [ "$service_kind" = command ]; then start_by_command "$1" "$2"; else start_supervised "$1" "$2"; fi
}
# what \`serves\` looks at, and who ends it
service_notes() {
  for ops_note in "release $1" "kind $service_kind" "of $settings" "within $service_within"; do
    printf '%s\\n' "\${ops_note#* }" >".ops/service/$2/\${ops_note%% *}" || exit 1
  done
  first_of ".ops/settings/$settings/mark"
  umask 077
  printf '%s\\n' "$ops_said"${mark} >".ops/service/$2/settings" || exit 1
  umask 022
}
start_supervised() {
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
        service_launch setsid sh "$root/.ops/supervise" "$2"
      else
        set -m
        service_launch nohup sh "$root/.ops/supervise" "$2" &
      fi
    ) 4>&1 </dev/null >>.ops/log/service.log 2>&1 &
  )"
  [ -f ".ops/service/$2/pid" ] || fail SERVICE_FAILED "the service could not be started"
}
start_by_command() {
  if [ -d ".ops/service/$2" ]; then service_command "$service_again" "$1" "$2"; else service_command "$service_first" "$1" "$2"; fi
  mkdir -p ".ops/service/$2" && service_notes "$1" "$2"
}
service_command() {
  service_log
  # its output goes to a file: a daemon that keeps it open must not keep us
  ( service_environment "$2" "$3"; cd "releases/$2" && sh -c "$1" ) </dev/null >>.ops/log/service.log 2>&1 ||
    fail COMMAND_FAILED "the command '$1' ended with $?: $(tail -n 1 .ops/log/service.log)"
}
`;
}

function ending(formerStop: string | undefined): string {
  return `# ends what would be in the way of the loaded settings on this port; what a supervisor of the host can reload stays
make_way() {
  ops_ended=
  for ops_slot in .ops/service/*; do
    ops_its_port=\${ops_slot##*/}
    [ -d "$ops_slot" ] || continue
    if ! may_reload "$ops_its_port"; then service_stop "$ops_its_port"; ops_ended="$ops_ended $ops_its_port "
    elif [ "$ops_its_port" != "$1" ]; then mv "$ops_slot" ".ops/service/$1"; fi
  done
  # also where nothing is noted there may be what has left its session
  case $ops_ended in *" $1 "*) return ;; esac
  if [ "$service_kind" = run ]; then service_stop "$1"; fi
}
may_reload() {
  kind_of "$1"
  [ "$ops_kind" = command ] && [ "$service_kind" = command ] || return 1
  first_of ".ops/service/$1/of"
  ( ops_first=$service_first; load "$ops_said" || exit 0; [ "$service_first" = "$ops_first" ] || [ -z "$service_last" ] )
}
service_stop() {
  kind_of "$1"
  if [ "$ops_kind" = command ]; then stop_by_command "$1"; else stop_by_signal "$1"; fi
  rm -rf ".ops/service/$1"
}
stop_by_command() {
  first_of ".ops/service/$1/release"
  ops_release=$ops_said
  first_of ".ops/service/$1/of"
  (
    load "$ops_said" || :
    [ -n "$service_last" ] || service_last=${word(formerStop ?? '')}
    [ -n "$service_last" ] || fail STOP_UNKNOWN "nothing says how to stop what was started there on port $1\${service_first:+ by '$service_first'}"
    service_command "$service_last" "$ops_release" "$1"
  ) || exit $?
}
stop_by_signal() {
  first_of ".ops/service/$1/within" 10
  ops_within=$ops_said
  if service_alive "$1"; then
    kill -TERM "$ops_pid" 2>/dev/null
    ops_tries=0
    while service_alive "$1" && [ "$ops_tries" -lt $((ops_within * 50)) ]; do ops_tries=$((ops_tries + 1)); sleep 0.02; done
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
}
`;
}
