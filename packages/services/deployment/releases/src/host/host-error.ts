import { type ExitName, OpsError } from '@opsgraph/errors';
import { mask } from '@opsgraph/secrets';

interface Known {
  code: string;
  exit: ExitName;
  hint: string;
}

/** What a script says with `fail CODE message`. */
const known: Readonly<Record<string, Known>> = {
  HOST_HELD: { code: 'HOST_HELD', exit: 'tryLater', hint: 'wait until it has ended, and try again' },
  HOST_FENCED: {
    code: 'HOST_FENCED',
    exit: 'tryLater',
    hint: 'a later deployment has taken over; look at it: pnpm --filter deployment run status:ENVIRONMENT',
  },
  ROOT_IS_LINK: {
    code: 'ROOT_IS_LINK',
    exit: 'refused',
    hint: 'make it a directory, or write the one it leads to as deployment.root: a link could be changed in the middle of a deployment',
  },
  ROOT_UNUSABLE: { code: 'ROOT_UNUSABLE', exit: 'cannotCreate', hint: 'create it for the user of the deployment' },
  TOOL_MISSING: { code: 'TOOL_MISSING', exit: 'configuration', hint: 'install it on the host' },
  RELEASE_DAMAGED: {
    code: 'RELEASE_DAMAGED',
    exit: 'remote',
    hint: 'deploy again, which uploads what is damaged; if it recurs, check the disk',
  },
  RELEASE_GONE: {
    code: 'RELEASE_GONE',
    exit: 'refused',
    hint: 'it was never here, or its manifest is gone; deploy it, or choose another one (status lists them)',
  },
  SAME_PLACE: {
    code: 'SAME_PLACE',
    exit: 'configuration',
    hint: 'two names in deployment.hosts lead to one directory of one machine; remove one, or give each a root and port of its own',
  },
  PORT_TAKEN: {
    code: 'PORT_TAKEN',
    exit: 'failed',
    hint: 'end it, or give the service another port (deployment.service.ports, or port of a host)',
  },
  SETTINGS_GONE: {
    code: 'SETTINGS_GONE',
    exit: 'refused',
    hint: 'somebody has removed .ops/settings there; deploy again, by the configuration',
  },
  STOP_UNKNOWN: {
    code: 'STOP_UNKNOWN',
    exit: 'configuration',
    hint: 'give deployment.service.stop; or end it there by hand, and remove its directory in .ops/service',
  },
  SHARED_MISSING: {
    code: 'SHARED_MISSING',
    exit: 'configuration',
    hint: 'put the file there, or make the directory; or let the release bring its first content',
  },
  SERVICE_FAILED: {
    code: 'SERVICE_FAILED',
    exit: 'remote',
    hint: "look at the service's log on the host (.ops/log/service.log in its root)",
  },
  COMMAND_FAILED: {
    code: 'HOST_COMMAND_FAILED',
    exit: 'remote',
    hint: "look at the service's log on the host (.ops/log/service.log in its root)",
  },
};

const conditions: readonly (Known & { pattern: RegExp; says: string })[] = [
  {
    // dash's own printf knows no more than that it could not write
    pattern: /No space left on device|Disk quota exceeded|printf: I\/O error/i,
    code: 'DISK_FULL',
    exit: 'ioError',
    says: 'its disk is full, or cannot be written',
    hint: 'make room on the host (pnpm --filter deployment run prune-releases:ENVIRONMENT), and deploy again',
  },
  {
    pattern: /Read-only file system/i,
    code: 'ROOT_READ_ONLY',
    exit: 'cannotCreate',
    says: 'the release root is on a read-only file system',
    hint: 'mount it writable, or choose another deployment.root',
  },
  {
    pattern: /Permission denied/i,
    code: 'ROOT_UNUSABLE',
    exit: 'cannotCreate',
    says: 'the user of the deployment may not write there',
    hint: 'give the release root to that user',
  },
];

/** A failure that the script itself foresaw. */
export function scriptRefused(host: string, code: string, message: string): OpsError {
  const { code: shown, exit, hint } = known[code] ?? { code, exit: 'remote' as const, hint: 'look at the host' };
  return new OpsError({ code: shown, exit, message: `${host}: ${mask(message)}`, hint });
}

/** A failure of a program in the script, explained where its words are known. */
export function scriptFailed(host: string, stderr: string, cause: unknown): OpsError {
  const found = conditions.find(({ pattern }) => pattern.test(stderr));
  const problems = mask(stderr)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-6);
  return new OpsError({
    code: found?.code ?? 'HOST_SCRIPT_FAILED',
    exit: found?.exit ?? 'remote',
    message: `${host}: ${found?.says ?? 'a command failed'}`,
    hint:
      found?.hint ??
      (problems.length === 0
        ? 'it said nothing: see whether the login shell of the user there runs commands'
        : 'what it said last is above'),
    problems,
    cause,
  });
}
