import { quotePosix } from '@opsgraph/shell';

/** One argument or value, for any place in a script but the first word of a command. */
export function word(value: string): string {
  return quotePosix(['/', value]).slice(2);
}

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

/** What every script begins with. Messages go to stdout as `error<TAB>CODE<TAB>text`. */
export function prelude(root: string): string {
  return `set -u
umask 022
root=${word(root)}
say() { ops_first=$1; shift; printf '%s' "$ops_first"; for ops_field; do printf '\\t%s' "$ops_field"; done; printf '\\n'; }
fail() { say error "$@"; exit 10; }
now() { date +%s; }
sums() { if command -v sha256sum >/dev/null 2>&1; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
put() { printf '%s\\n' "$2" >"$1.$$" && mv -f "$1.$$" "$1"; }
[ -L "$root" ] && fail ROOT_IS_LINK "$root is a link to $(readlink "$root")"
`;
}

/** Enters the root, which must be there. */
export const enterRoot = `cd -P "$root" 2>/dev/null || fail ROOT_UNUSABLE "$root is not there, or may not be entered"
`;

/**
 * Takes, renews or checks the lease; a script that changes anything calls it
 * first, and again right before it switches. A directory for each fence: to
 * make one is atomic, and the highest number wins, so no lock can be left over.
 */
export function holdLease(lease: HostLease): string {
  return `fence=${lease.fence}
token=${word(lease.token)}
ledger=${word(lease.ledger)}
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
  elif [ "$(fence_file "$fence" token "$token")" != "$token" ]; then
    fail HOST_HELD "$(fence_file "$fence" holder 'another deployment') has the host under the same number"
  fi
  put ".ops/fences/$fence/until" "$(($(now) + ${lease.seconds}))" || fail ROOT_UNUSABLE "cannot write in $root"
}
hold
`;
}
