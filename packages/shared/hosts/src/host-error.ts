import { type ExitName, OpsError } from '@opsgraph/errors';
import { mask } from '@opsgraph/secrets';

interface Refusal {
  exit: ExitName;
  hint: string;
  /** What people read as its code; the script's own unless given. */
  code?: string;
}

/** By the code that a script gives with `fail CODE message`, or that one of the conditions below has. */
export type Refusals = Readonly<Record<string, Refusal>>;

/** What the system says, whatever was done. */
const conditions: readonly { code: string; exit: ExitName; pattern: RegExp; says: string; hint: string }[] = [
  {
    // dash's own printf knows no more than that it could not write
    pattern: /No space left on device|Disk quota exceeded|printf: I\/O error/i,
    code: 'DISK_FULL',
    exit: 'ioError',
    says: 'its disk is full, or cannot be written',
    hint: 'make room on the host, and run it again',
  },
  {
    pattern: /Read-only file system/i,
    code: 'ROOT_READ_ONLY',
    exit: 'cannotCreate',
    says: 'its root is on a read-only file system',
    hint: 'mount it writable, or choose another root',
  },
  {
    pattern: /Permission denied/i,
    code: 'ROOT_UNUSABLE',
    exit: 'cannotCreate',
    says: 'the user who logs in there may not write',
    hint: 'give the root to that user',
  },
];

/** A failure that the script itself foresaw. */
export function scriptRefused(
  host: string,
  code: string,
  { text, refusals }: { text: string; refusals: Refusals },
): OpsError {
  const { exit, hint, code: shown = code } = refusals[code] ?? { exit: 'remote', hint: 'look at the host' };
  return new OpsError({ code: shown, exit, message: `${host}: ${mask(text)}`, hint });
}

/** A failure of a program in the script, explained where its words are known. */
export function scriptFailed(
  host: string,
  stderr: string,
  { refusals, cause }: { refusals: Refusals; cause?: unknown },
): OpsError {
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
      (found && (refusals[found.code]?.hint ?? found.hint)) ??
      (problems.length === 0
        ? 'it printed nothing: check that the login shell of the user there runs commands'
        : 'its last output is above'),
    problems,
    cause,
  });
}
