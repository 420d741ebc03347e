import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, type Stats, statSync } from 'node:fs';
import { OpsError } from '@opsgraph/errors';
import { command } from '@opsgraph/terminal';

/** Whose files may be where we keep ours: our own, root's, and behind sudo those of the person who called it. */
export function trustedOwners(
  env: Readonly<Record<string, string | undefined>>,
  me = process.getuid?.(),
): readonly number[] {
  const caller = Number(env['SUDO_UID'] || Number.NaN);
  return me === undefined ? [] : [me, 0, ...(me === 0 && Number.isInteger(caller) ? [caller] : [])];
}

/**
 * Makes a directory that only we write to, or sees that the one that is there
 * is such a one: another user could put a link in our way and have us append
 * to a file of ours, or remove it. Without owners (Windows) it is only made.
 *
 * @throws OpsError STATE_DIRECTORY_UNSAFE (77); the system's error when it cannot be made
 */
export function requirePrivateDirectory(path: string, trusted: readonly number[], mayBeLink: boolean): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (trusted.length === 0) return;
  const found = lstatSync(path);
  if (found.isSymbolicLink() && !mayBeLink) throw unsafe(path, 'is a link', command`ls -l ${path}`);
  requireOwner(path, found, trusted);
  const target = found.isSymbolicLink() ? statSync(path) : found;
  requireOwner(path, target, trusted);
  if ((target.mode & 0o022) !== 0) {
    const mode = (target.mode & 0o777).toString(8).padStart(4, '0');
    throw unsafe(path, `can be written to by others (mode ${mode})`, command`chmod go-w ${path}`);
  }
}

/**
 * Opens a file of ours to append to it, 0600 when it is new: never through a
 * link, never a second name of another file, nor one of another user.
 *
 * @returns the descriptor
 * @throws OpsError STATE_DIRECTORY_UNSAFE (77); the system's error when it cannot be opened
 */
export function openPrivateFile(path: string, trusted: readonly number[]): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const file = opened();
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.nlink !== 1)
      throw unsafe(path, found.isFile() ? 'has a second hard link' : 'is not a regular file', command`ls -l ${path}`);
    if (trusted.length > 0) requireOwner(path, found, trusted);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }

  function opened(): number {
    try {
      return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    } catch (error) {
      // a pipe that nobody reads, a socket, a directory, a link
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!['ENXIO', 'EISDIR', 'ELOOP', 'EMLINK'].includes(code)) throw error;
      throw unsafe(path, 'is not a regular file', command`ls -l ${path}`);
    }
  }
}

function requireOwner(path: string, { uid }: Stats, trusted: readonly number[]): void {
  if (!trusted.includes(uid))
    throw unsafe(
      path,
      `belongs to another user (${uid})`,
      command`work as that user, or chown -R ${String(trusted[0])} ${path}`,
    );
}

function unsafe(path: string, what: string, remedy: string): OpsError {
  return new OpsError({
    code: 'STATE_DIRECTORY_UNSAFE',
    exit: 'refused',
    message: `${path} ${what}: it could redirect what is recorded here`,
    hint: `${remedy}; or name a directory of your own in OPS_STATE_DIR; nothing was done`,
  });
}
