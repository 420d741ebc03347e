import { basics, word } from '@opsgraph/hosts';

/** What every script begins with. */
export function prelude(root: string): string {
  return `${basics}root=${word(root)}
now() { date +%s; }
sums() { if command -v sha256sum >/dev/null 2>&1; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
put() { printf '%s\\n' "$2" >"$1.$$" && mv -f "$1.$$" "$1"; }
# the first line of a file; what is missing or empty says what comes after it
first_of() { ops_said=; [ -f "$1" ] && read -r ops_said <"$1"; [ -n "$ops_said" ] || ops_said=\${2-}; }
# group and birth of a process: its number alone may be somebody else's by now
process_of() {
  ops_born=
  { read -r ops_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${ops_stat##*) }
  ops_state=$1 ops_group=$3
  shift 19
  ops_born=$1
}
# ended, but in a container without an init nobody takes note of it
is_running() {
  kill -0 "$1" 2>/dev/null || return 1
  process_of "$1" || return 0
  case $ops_state in [ZX]) return 1 ;; esac
}
for ops_place in "$root" "$root/releases" "$root/.ops"; do
  [ -L "$ops_place" ] && fail ROOT_IS_LINK "$ops_place is a link to $(readlink "$ops_place")"
done
`;
}

/** Enters the root, which must be there. */
export const enterRoot = `cd -P "$root" 2>/dev/null || fail ROOT_UNUSABLE "$root is not there, or may not be entered"
`;
