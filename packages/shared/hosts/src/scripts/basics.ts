import { quotePosix } from '@opsgraph/shell';

/** One argument or value, for any place in a script but the first word of a command. */
export function word(value: string): string {
  return quotePosix(['/', value]).slice(2);
}

/**
 * What every script begins with: `say KEY FIELD…` is a line of facts, `fail CODE TEXT` ends the script with a reason,
 * which Refusals explains.
 */
export const basics = `set -u
umask 022
say() { ops_first=$1; shift; printf '%s' "$ops_first"; for ops_field; do printf '\\t%s' "$ops_field"; done; printf '\\n'; }
fail() { say error "$@"; exit 10; }
`;
