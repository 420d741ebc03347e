import { OpsError } from './ops-error.ts';

const limits: Readonly<Record<string, { what: string; remedy: string }>> = {
  EMFILE: { what: 'this process may open no more files', remedy: 'raise the limit (ulimit -n 1024)' },
  ENFILE: {
    what: 'this machine may open no more files',
    remedy: 'stop the program that holds many, or raise fs.file-max',
  },
  ENOMEM: { what: 'this machine has no memory left', remedy: 'free some, or raise the limit of the container' },
  EAGAIN: {
    what: 'this machine cannot start more processes',
    remedy: 'stop some, or raise the limit (ulimit -u, pids.max of the container)',
  },
  ENOSPC: { what: 'the disk is full', remedy: 'free space (also inodes: df -i)' },
  EDQUOT: { what: 'the disk quota is used up', remedy: 'free space' },
  EROFS: { what: 'the file system is read-only', remedy: 'mount it writable, or choose another directory' },
  EIO: { what: 'the disk failed', remedy: 'check the system log (dmesg)' },
};

/**
 * What an error of the operating system means that nobody foresaw where it
 * came up: the machine has run out of something, and the task has no defect.
 * undefined for any other error, also for an OpsError.
 *
 * @returns SYSTEM_LIMIT (74)
 */
export function explainSystemError(error: unknown): OpsError | undefined {
  if (!(error instanceof Error) || error instanceof OpsError) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  const limit = Object.hasOwn(limits, code ?? '') ? limits[code!] : undefined;
  // A pipe that is full for the moment has the same code as a process that cannot be started.
  if (limit === undefined || (code === 'EAGAIN' && syscall?.startsWith('spawn') !== true))
    return error.cause === undefined ? undefined : explainSystemError(error.cause);
  return new OpsError({
    code: 'SYSTEM_LIMIT',
    exit: 'ioError',
    message: `${limit.what}: ${error.message}`,
    hint: `${limit.remedy}; then run the same command again`,
    cause: error,
  });
}
