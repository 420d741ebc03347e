import { word } from '@opsgraph/hosts';
import { enterRoot, prelude } from './prelude.ts';

/**
 * Runs the health command in the directory of the release that is asked, which
 * need not be the live one. Says nothing when it ends with 0, else `ill`, its
 * exit code and its last line.
 */
export function healthCommandScript(
  root: string,
  command: string,
  { release, port, roles }: { release: string; port: number; roles: readonly string[] },
): string {
  return `${prelude(root)}${enterRoot}
cd releases/${release}/. || fail RELEASE_GONE "release ${release} is not there"
OPS_PORT=${port}; OPS_RELEASE=${release}; OPS_ROLES=${word(roles.join(' '))}
export OPS_PORT OPS_RELEASE OPS_ROLES
words=$(sh -c ${word(command)} 2>&1)
status=$?
[ "$status" -eq 0 ] || say ill "$status" "\${words##*
}"
:
`;
}
