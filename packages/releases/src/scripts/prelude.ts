import { quotePosix } from '@opsgraph/shell';

/** One argument or value, for any place in a script but the first word of a command. */
export function word(value: string): string {
  return quotePosix(['/', value]).slice(2);
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
