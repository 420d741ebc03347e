import { createHash, randomBytes } from 'node:crypto';
import { lstat, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { isInside } from '../locate-file.ts';
import { hashFile } from '../read/hash-file.ts';

export interface FileWish {
  /** Absolute. */
  path: string;
  projectRoot: string;
  /** The file may be outside the project. */
  mayLeaveProject: boolean;
  /** A file that is there with another content gives way. */
  mayReplace: boolean;
  /** Look at everything and leave no file. */
  dryRun: boolean;
}

export interface WrittenFile {
  /** created, replaced, or unchanged: it had these very bytes. */
  state: 'created' | 'replaced' | 'unchanged';
  sha256: string;
}

/**
 * Writes a file that only its owner may read: whole, or not at all.
 *
 * @throws OpsError FILE_OUTSIDE_PROJECT, FILE_EXISTS (77), FILE_NOT_CREATED (73), FILE_NOT_WRITTEN (74)
 */
export async function writeFile(wish: FileWish, chunks: AsyncIterable<string>): Promise<WrittenFile> {
  const { path, existed } = await locate(wish);
  await attempt(path, () => removeOrphans(path));
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(6).toString('hex')}.part`);
  const hash = createHash('sha256');
  try {
    const file = await attempt(path, () => open(draft, 'wx', 0o600));
    try {
      for await (const chunk of chunks) {
        hash.update(chunk);
        await attempt(path, () => file.write(chunk));
      }
      await attempt(path, () => file.sync());
    } finally {
      await file.close();
    }
    const sha256 = hash.digest('hex');
    if (existed && (await hashFile(path)) === sha256) return { state: 'unchanged', sha256 };
    if (existed && !wish.mayReplace) throw exists(path);
    if (!wish.dryRun) await attempt(path, () => rename(draft, path));
    return { state: existed ? 'replaced' : 'created', sha256 };
  } finally {
    await rm(draft, { force: true });
  }
}

/** Drafts of this file whose writer was killed. */
async function removeOrphans(path: string): Promise<void> {
  const prefix = `.${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-[\da-f]{12}\.part$/.exec(name.slice(prefix.length)) ?? []) : [];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(dirname(path), name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function locate({ path, projectRoot, mayLeaveProject }: FileWish): Promise<{ path: string; existed: boolean }> {
  const directory = await attempt(path, () => realpath(dirname(path)));
  const real = join(directory, basename(path));
  if (!mayLeaveProject && !isInside(real, await realpath(projectRoot))) {
    throw new OpsError({
      code: 'FILE_OUTSIDE_PROJECT',
      exit: 'refused',
      message: `${path} is outside the project`,
      hint: 'name a file inside it, or add --outside-project if that is meant',
    });
  }
  const found = await lstat(real).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw notWritten(path, error);
  });
  if (found !== undefined && !found.isFile()) {
    throw new OpsError({
      code: 'FILE_EXISTS',
      exit: 'refused',
      message: `${path} is ${found.isSymbolicLink() ? 'a link' : found.isDirectory() ? 'a directory' : 'no regular file'}`,
      hint: 'name a file; nothing was written',
    });
  }
  return { path: real, existed: found !== undefined };
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw notWritten(path, cause as NodeJS.ErrnoException);
  }
}

function exists(path: string): OpsError {
  return new OpsError({
    code: 'FILE_EXISTS',
    exit: 'refused',
    message: `${path} is there already, with another content`,
    hint: 'name another file with --out, or add --replace',
  });
}

function notWritten(path: string, cause: NodeJS.ErrnoException): OpsError {
  const isFull = ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'].includes(cause.code ?? '');
  return new OpsError({
    code: isFull ? 'FILE_NOT_WRITTEN' : 'FILE_NOT_CREATED',
    exit: isFull ? 'ioError' : 'cannotCreate',
    message: `${path} cannot be written: ${cause.message}`,
    hint: isFull ? 'free space, or name a file on another disk' : 'name a file in a directory that you may write to',
    cause,
  });
}
