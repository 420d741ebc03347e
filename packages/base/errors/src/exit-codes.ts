/**
 * The exit codes of every task, from sysexits.h, timeout(1) and the shell's
 * 128 + signal. Under turbo the highest code of a run wins.
 */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 64,
  badData: 65,
  unavailable: 69,
  bug: 70,
  cannotCreate: 73,
  ioError: 74,
  tryLater: 75,
  remote: 76,
  refused: 77,
  configuration: 78,
  timeout: 124,
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitName = keyof typeof exitCodes;

/** What each code means, in the words of the help and docs/errors.md. */
export const exitMeanings: Record<ExitName, string> = {
  ok: 'done, or already as wanted',
  failed: 'failed, or a check has findings',
  usage: 'the command line is wrong',
  badData: 'the input data is wrong; nothing was written',
  unavailable: 'the database or a host cannot be reached, or went away',
  bug: 'a defect in the task itself; please report it',
  cannotCreate: 'a file or directory cannot be created',
  ioError: 'reading or writing a file failed (a full disk, a limit of the machine)',
  tryLater: 'another run holds the lock; try again later',
  remote: 'a command on another host or a child process failed',
  refused: 'refused for safety: wrong environment, role or state',
  configuration: 'the configuration is missing or wrong',
  timeout: 'a time limit ran out',
  hangup: 'ended by SIGHUP, or the caller disappeared',
  interrupted: 'interrupted by SIGINT (Ctrl-C)',
  terminated: 'ended by SIGTERM',
};
