import { word } from '@opsgraph/hosts';
import { enterRoot, prelude } from './prelude.ts';

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
 * or a cut connection left behind continues beside its successor.
 */
export function holdLease(lease: HostLease): string {
  return `fence=${lease.fence}
token=${word(lease.token)}
ledger=${word(lease.ledger)}
enrol() {
  process_of $$ || return 0
  { [ -d .ops/scripts ] || mkdir -p .ops/scripts; } && echo "$fence $ops_group $ops_born" >".ops/scripts/$$"
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
fence_says() { first_of ".ops/fences/$1/$2" "$3"; }
fenced() { fence_says "$highest" holder 'a later deployment'; fail HOST_FENCED "$ops_said has the host (fence $highest, ours is $fence)"; }
held() { fence_says "$1" holder 'another deployment'; fail HOST_HELD "$ops_said has the host$2"; }
# seconds since the machine began, without a process; what is written of them counts only as long as it can be true
up() { { read -r ops_up ops_line </proc/uptime; } 2>/dev/null && ops_up=\${ops_up%%.*} || ops_up=; }
hold() {
  highest_fence
  [ "$highest" -gt "$fence" ] && fenced
  up
  if [ "$highest" -lt "$fence" ]; then
    ops_now=$(now)
    if [ "$highest" -gt 0 ]; then
      fence_says "$highest" ledger -
      if [ "$ops_said" != "$ledger" ]; then
        fence_says "$highest" until 0
        [ "$ops_said" -gt "$ops_now" ] && held "$highest" ''
      fi
    fi
    [ -d .ops/fences ] || mkdir -p .ops/fences || fail ROOT_UNUSABLE "cannot write in $root"
    if ! mkdir ".ops/fences/$fence"; then
      # ours, under another name of this host: see hostOnce
      [ -d ".ops/fences/$fence" ] && sleep 0.2 && fence_says "$fence" token - && [ "$ops_said" = "$token" ] && return
      [ -d ".ops/fences/$fence" ] && fail HOST_HELD "another deployment takes the host just now"
      fail ROOT_UNUSABLE "cannot write in $root"
    fi
    if ! { printf '%s\\n' "$ledger" >".ops/fences/$fence/ledger" && printf '%s\\n' "$token" >".ops/fences/$fence/token" &&
      printf '%s\\n' ${word(lease.holder)} >".ops/fences/$fence/holder"; }; then
      # a fence that does not say whose it is would keep the next one out
      rm -rf ".ops/fences/$fence"
      fail ROOT_UNUSABLE "cannot write in $root"
    fi
    highest_fence
    [ "$highest" -gt "$fence" ] && fenced
    for ops_entry in .ops/fences/*; do [ "$ops_entry" = ".ops/fences/$fence" ] || rm -rf "$ops_entry"; done
    end_earlier
  else
    fence_says "$fence" token ''
    # who takes it in this moment has not said yet who that is
    [ -n "$ops_said" ] || { sleep 0.2 && fence_says "$fence" token ''; }
    [ "$ops_said" = "$token" ] || held "$fence" ' under the same number'
  fi
  # renewed when a third of it is gone
  if [ -n "$ops_up" ]; then
    fence_says "$fence" renew 0
    ops_left=$((ops_said - ops_up))
    [ "$ops_left" -gt 0 ] && [ "$ops_left" -le ${Math.floor(lease.seconds / 3)} ] && return
    echo "$((ops_up + ${Math.floor(lease.seconds / 3)}))" >".ops/fences/$fence/renew"
  fi
  ops_now=$(now)
  put ".ops/fences/$fence/until" "$((ops_now + ${lease.seconds}))" || fail ROOT_UNUSABLE "cannot write in $root"
}
enrol
hold
`;
}

/** Room for the few lines, and the few files, that are written by what comes when the disk is full, or has no more inodes. */
const putBy = `[ -f .ops/reserve ] || { printf %65536s '' >.ops/reserve; } 2>/dev/null || rm -f .ops/reserve
# not with ':', whose failed redirection ends a shell
if [ ! -d .ops/inodes ] && mkdir .ops/inodes; then
  for ops_entry in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do printf '' >".ops/inodes/$ops_entry" || break; done
fi 2>/dev/null`;

/** Two names of one place would deploy beside each other: the first that comes under a fence is written there. */
function hostOnce(name: string): string {
  return `ops_host=".ops/fences/$fence/host"
if ! ( set -C; printf '%s\\n' ${word(name)} >"$ops_host" ) 2>/dev/null; then
  [ ! -f "$ops_host" ] || [ -s "$ops_host" ] || sleep 0.1
  first_of "$ops_host" ${word(name)}
  [ "$ops_said" = ${word(name)} ] || fail SAME_PLACE "is the same place as $ops_said"
fi`;
}

export interface FenceOptions {
  /** For what makes room or goes back; else some is put by for it. */
  usesReserve?: boolean;
  /** The host's name in the configuration. */
  name: string;
  /** Whose releases the root holds from now on. */
  application: string;
}

/** Puts up the fence; what comes with a lower one is refused from then on. */
export function fenceScript(
  root: string,
  lease: HostLease,
  { name, usesReserve = false, application }: FenceOptions,
): string {
  return `${prelude(root)}
[ -d "$root" ] || mkdir -p "$root" || fail ROOT_UNUSABLE "$root cannot be created"
${enterRoot}
${usesReserve ? 'rm -rf .ops/reserve .ops/inodes' : ''}
${holdLease(lease)}
${hostOnce(name)}
${
  usesReserve
    ? ''
    : `${putBy}
[ -f .ops/application ] || put .ops/application ${word(application)}`
}
:
`;
}
