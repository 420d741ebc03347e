import { OpsError } from '@opsgraph/errors';

/** What the system says of a file that cannot be written. @returns FILE_NOT_CREATED (73), FILE_NOT_WRITTEN (74) */
export function notWritten(path: string, cause: NodeJS.ErrnoException): OpsError {
  const isFull = ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'].includes(cause.code ?? '');
  return new OpsError({
    code: isFull ? 'FILE_NOT_WRITTEN' : 'FILE_NOT_CREATED',
    exit: isFull ? 'ioError' : 'cannotCreate',
    message: `${path} cannot be written: ${cause.message}`,
    hint: isFull ? 'free space, or name a file on another disk' : 'name a file in a directory that you may write to',
    cause,
  });
}

/** `work`, with an error of the system as one about `path`. @throws OpsError as notWritten */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof OpsError ? cause : notWritten(path, cause as NodeJS.ErrnoException);
  }
}
