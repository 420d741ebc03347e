import { enterRoot, prelude, word } from './prelude.ts';

/** The right to change a host: a later one with a higher fence takes it away. */
export interface HostLease {
  fence: number;
  /** The deployment. */
  token: string;
  /** Which ledger gave the fence: within one ledger its lease decides, not the host's clock. */
  ledger: string;
  /** For people. */
  holder: string;
  /** Seconds, by the host's own clock. */
  seconds: number;
}

/**
 * Takes, renews or checks the lease; a script that changes anything calls it
 * first, and again right before it switches. A directory for each fence: to
 * make one is atomic, and the highest number wins, so no lock can be left over.
 *
 * Every script says in .ops/scripts that it runs, before it looks at the
 * fences; who puts up a higher fence ends those. So none that a paused machine
 * or a cut connection left behind goes on beside its successor.
 */
export function holdLease(lease: HostLease): string {
  return `fence=${lease.fence}
token=${word(lease.token)}
ledger=${word(lease.ledger)}
# group and birth of a process: its number alone may be somebody else's by now
process_of() {
  read -r ops_stat 2>/dev/null <"/proc/$1/stat" || return 1
  set -- \${ops_stat##*) }
  shift 2
  ops_group=$1
  shift 17
  ops_born=$1
}
enrol() {
  process_of $$ || return 0
  mkdir -p .ops/scripts && echo "$fence $ops_group $ops_born" >".ops/scripts/$$"
  trap 'rm -f "$root/.ops/scripts/$$"' EXIT
}
end_earlier() {
  for ops_entry in .ops/scripts/*; do
    [ -f "$ops_entry" ] && read -r ops_fence ops_its_group ops_its_birth <"$ops_entry" || continue
    [ "$ops_fence" -lt "$fence" ] || continue
    process_of "\${ops_entry##*/}" && [ "$ops_group $ops_born" = "$ops_its_group $ops_its_birth" ] && kill -KILL "-$ops_group"
    rm -f "$ops_entry"
  done
}
highest_fence() {
  highest=0
  for ops_entry in .ops/fences/*; do
    ops_number=\${ops_entry##*/}
    case $ops_number in '' | *[!0-9]*) continue ;; esac
    [ "$ops_number" -gt "$highest" ] && highest=$ops_number
  done
}
fence_file() { cat ".ops/fences/$1/$2" 2>/dev/null || echo "$3"; }
hold() {
  highest_fence
  [ "$highest" -gt "$fence" ] && fail HOST_FENCED "$(fence_file "$highest" holder 'a later deployment') has the host (fence $highest, ours is $fence)"
  if [ "$highest" -lt "$fence" ]; then
    if [ "$highest" -gt 0 ] && [ "$(fence_file "$highest" ledger -)" != "$ledger" ] && [ "$(fence_file "$highest" until 0)" -gt "$(now)" ]; then
      fail HOST_HELD "$(fence_file "$highest" holder 'another deployment') has the host"
    fi
    mkdir -p .ops/fences || fail ROOT_UNUSABLE "cannot write in $root"
    mkdir ".ops/fences/$fence" || fail HOST_HELD "another deployment takes the host just now"
    if ! { put ".ops/fences/$fence/ledger" "$ledger" && put ".ops/fences/$fence/token" "$token" &&
      put ".ops/fences/$fence/holder" ${word(lease.holder)}; }; then
      # a fence that does not say whose it is would keep the next one out
      rm -rf ".ops/fences/$fence"
      fail ROOT_UNUSABLE "cannot write in $root"
    fi
    highest_fence
    [ "$highest" -gt "$fence" ] && fail HOST_FENCED "a later deployment has taken the host just now"
    for ops_entry in .ops/fences/*; do [ "$ops_entry" = ".ops/fences/$fence" ] || rm -rf "$ops_entry"; done
    end_earlier
  elif [ "$(fence_file "$fence" token "$token")" != "$token" ]; then
    fail HOST_HELD "$(fence_file "$fence" holder 'another deployment') has the host under the same number"
  fi
  put ".ops/fences/$fence/until" "$(($(now) + ${lease.seconds}))" || fail ROOT_UNUSABLE "cannot write in $root"
}
enrol
hold
`;
}

/** Puts up the fence; what comes with a lower one is refused from then on. */
export function fenceScript(root: string, lease: HostLease): string {
  return `${prelude(root)}
mkdir -p "$root" || fail ROOT_UNUSABLE "$root cannot be created"
${enterRoot}
${holdLease(lease)}
`;
}
