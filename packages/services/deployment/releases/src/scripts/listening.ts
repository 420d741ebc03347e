/**
 * Functions that find out who would answer at a port of 127.0.0.1, from what
 * Linux says in /proc. Where there is no such thing nobody is accused.
 *
 * `listener_of PORT`: whether anybody listens there; then `ops_inode` and
 * `ops_uid` are those of its socket. 2: it cannot be known.
 *
 * `intruder_at PORT`: whether a process other than the service of that port
 * listens there; then `ops_who` says who, for people. It is the service itself
 * when the socket is open in one of its processes, or in one that began after
 * it: what a command hands its port to (a container's proxy) does.
 *
 * To be used where `root`, `first_of`, `process_of` and `is_running` are.
 */
export const listeningFunctions = `listener_of() {
  [ -r /proc/net/tcp ] || return 2
  [ "\${ops_of-}" = "$1" ] || { ops_of=$1; ops_port=$(printf %04X "$1"); }
  set -- $(grep -hE "^ *[0-9]+: (${addresses()}):$ops_port [0-9A-F]+:0000 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  [ $# -ge 10 ] || return 1
  ops_uid=$8
  shift 9
  ops_inode=$1
}
# processes that have it open, of those whose files we may see
holders_of() { ls -l "$@" 2>/dev/null | grep -qF "socket:[$ops_inode]"; }
marked() { grep -lF "OPS_SERVICE=$root:$1;" /proc/[0-9]*/environ 2>/dev/null; }
holds_port() {
  { read -r ops_children <"/proc/$2/task/$2/children"; } 2>/dev/null || ops_children=
  for ops_pid in $ops_children; do holders_of "/proc/$ops_pid/fd" && return; done
  held_by_marked "$1"
}
held_by_marked() {
  ops_slot_port=$1
  set --
  for ops_entry in $(marked "$ops_slot_port"); do set -- "$@" "\${ops_entry%/environ}/fd"; done
  [ "$#" -gt 0 ] && holders_of "$@"
}
find_holder() {
  ops_holder=
  while read -r ops_line; do
    case $ops_line in
      /proc/*/fd:) ops_pid=\${ops_line#/proc/} ops_pid=\${ops_pid%/fd:} ;;
      *) ops_holder=$ops_pid; break ;;
    esac
  done <<OPS_FOUND
$(ls -l /proc/[0-9]*/fd 2>/dev/null | grep -e '^/proc/[0-9]*/fd:$' -e "socket:\\[$ops_inode\\]")
OPS_FOUND
  [ -n "$ops_holder" ]
}
describe_holder() {
  ops_who="a process of user $ops_uid"
  [ -n "$ops_holder" ] || return 0
  ops_program=$(readlink "/proc/$ops_holder/exe") || ops_program='?'
  ops_who="process $ops_holder (\${ops_program##*/}), in $(readlink "/proc/$ops_holder/cwd" || echo 'a directory that cannot be seen')"
}
intruder_at() {
  listener_of "$1" || return 1
  # started by a command of its own: whose process it is only that command knows
  [ -f ".ops/service/$1/release" ] && [ ! -f ".ops/service/$1/pid" ] && return 1
  first_of ".ops/service/$1/pid"
  ops_keeper=$ops_said
  first_of ".ops/service/$1/born" 0
  ops_begun=$ops_said
  if [ -n "$ops_keeper" ] && is_running "$ops_keeper"; then
    holds_port "$1" "$ops_keeper" && return 1
    find_holder && process_of "$ops_holder" && [ "$ops_born" -lt "$ops_begun" ] 2>/dev/null || return 1
  else
    # what an ended service has left is ended by the next start
    held_by_marked "$1" && return 1
    find_holder || :
  fi
  describe_holder
}
`;

/** 127.0.0.1, any, the same in IPv6, as machines of either byte order write them. */
function addresses(): string {
  return ['0100007F', '7F000001', '0{8}', '0{32}', '0{16}(FFFF0000|0000FFFF)(0100007F|7F000001)'].join('|');
}
