import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { command } from '@opsgraph/terminal';
import { Complaint } from '../declare/complaint.ts';

const largest = 1024 * 1024;

/**
 * The text of a file that holds secrets. It must be a regular file of ours or
 * root's, without any of the permission bits in `forbidden`. `me`: our user id.
 *
 * The checks are made on the open file, so it cannot be exchanged between
 * check and read. undefined when there is none.
 */
export async function readPrivateFile(
  path: string,
  forbidden: number,
  me = process.getuid?.(),
): Promise<string | Complaint | undefined> {
  let file: FileHandle;
  try {
    // Opening a named pipe would otherwise wait for a writer into it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return new Complaint(code === 'EACCES' ? `cannot be read by ${userInfo().username}` : `cannot be read (${code})`);
  }
  try {
    return (await complaintAbout(file, path, forbidden, me)) ?? decode(await file.readFile());
  } finally {
    await file.close();
  }
}

async function complaintAbout(
  file: FileHandle,
  path: string,
  forbidden: number,
  me: number | undefined,
): Promise<Complaint | undefined> {
  const found = await file.stat();
  if (!found.isFile()) return new Complaint('is not a regular file');
  if (found.size > largest) return new Complaint('is larger than 1 MiB, too large for secrets');
  // Windows has neither owners nor modes of this kind.
  if (me === undefined) return undefined;
  if (found.uid !== me && found.uid !== 0)
    return new Complaint(`belongs to another user (${found.uid})`, command`chown ${String(me)} ${path}`);
  if ((found.mode & forbidden) === 0) return undefined;
  const bits = (found.mode & 0o777).toString(8).padStart(4, '0');
  return new Complaint(`is open to other users (mode ${bits})`, command`chmod 600 ${path}`);
}

function decode(bytes: Buffer): string | Complaint {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new Complaint('is not UTF-8 text');
  }
}
