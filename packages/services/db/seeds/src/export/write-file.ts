import { createHash, type Hash } from 'node:crypto';
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { notWritten, writeDraft, writing } from '@opsgraph/files';
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
  const hash = createHash('sha256');
  const draft = await writeDraft(path, hashed(chunks, hash));
  try {
    const sha256 = hash.digest('hex');
    if (existed && (await hashFile(path)) === sha256) return { state: 'unchanged', sha256 };
    if (existed && !wish.mayReplace) throw exists(path);
    if (!wish.dryRun) await draft.publish();
    return { state: existed ? 'replaced' : 'created', sha256 };
  } finally {
    await draft.discard();
  }
}

async function* hashed(chunks: AsyncIterable<string>, hash: Hash): AsyncIterable<string> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

async function locate({ path, projectRoot, mayLeaveProject }: FileWish): Promise<{ path: string; existed: boolean }> {
  const directory = await writing(path, () => realpath(dirname(path)));
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

function exists(path: string): OpsError {
  return new OpsError({
    code: 'FILE_EXISTS',
    exit: 'refused',
    message: `${path} already exists with other content`,
    hint: 'name another file with --out, or add --replace',
  });
}
