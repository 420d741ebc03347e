import { listeningFunctions } from './listening.ts';
import { enterRoot, prelude } from './prelude.ts';
import { serviceFunctions } from './service.ts';
import type { Switching } from './switch.ts';

/** Milliseconds between two looks. */
const step = 50;

/**
 * Looks at a service that was started, for so many milliseconds at most, and
 * says one of: `ended` and why, as soon as its command has; `listening`; at the
 * end of the time `silent`, when nobody listens, or `up`, also when that cannot
 * be seen. Its port was nobody's when it was started: who listens is the service.
 *
 * @param awaitsListener else the whole time is waited
 */
export function watchScript(
  { root, port }: Pick<Switching, 'root' | 'port'>,
  { milliseconds, awaitsListener }: { milliseconds: number; awaitsListener: boolean },
): string {
  return `${prelude(root)}
${enterRoot}
${serviceFunctions({}, undefined)}
${listeningFunctions}
kind_of ${port}
ops_left=${Math.ceil(milliseconds / step)}
while :; do
  if [ "$ops_kind" != command ] && { service_failed ${port} || ! service_alive ${port}; }; then
    say ended "$(service_problem ${port})"
    exit 0
  fi
  ${awaitsListener ? look(port) : ':'}
  [ "$ops_left" -gt 0 ] || { ${awaitsListener ? 'say silent' : 'say up'}; exit 0; }
  ops_left=$((ops_left - 1))
  sleep ${step / 1000}
done
say up
`;
}

function look(port: number): string {
  return `listener_of ${port}
  case $? in
    0) say listening; exit 0 ;;
    2) break ;;
  esac`;
}
