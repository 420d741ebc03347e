import { OpsError } from '@opsgraph/errors';
import type { CommandFailed } from '@opsgraph/shell';

/** ssh's own exit code, for whatever went wrong on the way. */
const ofSsh = 255;

/** Words that a moment later may be gone: too many at once, a server that restarts, a cable that was pulled. */
const passing =
  /kex_exchange_identification|No route to host|Connection (?:reset|refused|closed|timed out)|banner exchange|mux_client|Broken pipe/i;

export function isPassing(error: CommandFailed): boolean {
  return (
    error.childExitCode === ofSsh &&
    passing.test(error.problems.join('\n')) &&
    !/host key/i.test(error.problems.join('\n'))
  );
}

/** What ssh says about the way to a host; undefined when the command there failed instead. */
export function explainSsh(host: string, way: string, error: CommandFailed): OpsError | undefined {
  if (error.childExitCode !== ofSsh) return undefined;
  const said = error.problems.join('\n');
  const problems = error.problems.filter((line) => !/^@/.test(line)).slice(-6);
  if (/host key|HOST IDENTIFICATION|No .* host key is known/i.test(said)) {
    return new OpsError({
      code: 'HOST_KEY_WRONG',
      exit: 'refused',
      message: `${host}: the key of ${way} is not the one in the known hosts`,
      hint: 'compare its fingerprint through another channel (ssh-keyscan -p PORT NAME | ssh-keygen -lf -); only then put it into deployment.ssh.knownHosts',
      problems,
      cause: error,
    });
  }
  if (/Permission denied|Too many authentication failures|no such identity/i.test(said)) {
    return new OpsError({
      code: 'HOST_LOGIN_REFUSED',
      exit: 'refused',
      message: `${host}: ${way} refuses the login`,
      hint: 'check the user, deployment.ssh.identity, and the agent (ssh-add -l)',
      problems,
      cause: error,
    });
  }
  return new OpsError({
    code: 'HOST_UNREACHABLE',
    exit: 'unavailable',
    message: `${host}: ${way} cannot be reached`,
    hint: 'check name, port and network; then run it again',
    problems,
    cause: error,
  });
}
