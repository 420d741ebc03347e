import { randomBytes } from 'node:crypto';
import { link, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writing } from './not-written.ts';

/** A file that is written in full, and has not got its name yet. */
export interface Draft {
  /** Where it is meanwhile, beside its place. */
  path: string;
  /** Gives it its name, in place of what has it. */
  publish(): Promise<void>;
  /** Gives it its name unless there is such a file. @returns false when there is */
  publishNew(): Promise<boolean>;
  /** Removes it; without effect after it got its name. */
  discard(): Promise<void>;
}

/**
 * Writes what will be the file `path`, for its owner alone (0600), and waits
 * until the disk has it: a reader sees the former file or the whole new one,
 * also after a crash. Drafts of this file whose writers were killed go.
 *
 * @throws OpsError FILE_NOT_CREATED (73), FILE_NOT_WRITTEN (74); what `content` throws. Either leaves no draft.
 */
export async function writeDraft(path: string, content: string | AsyncIterable<string>): Promise<Draft> {
  await writing(path, () => removeOrphans(path));
  const draft = join(dirname(path), `${prefixOf(path)}${process.pid}-${randomBytes(6).toString('hex')}.part`);
  const discard = (): Promise<void> => rm(draft, { force: true });
  try {
    const file = await writing(path, () => open(draft, 'wx', 0o600));
    try {
      for await (const chunk of typeof content === 'string' ? [content] : content)
        await writing(path, () => file.appendFile(chunk));
      await writing(path, () => file.sync());
    } finally {
      await file.close();
    }
  } catch (error) {
    await discard();
    throw error;
  }
  const naming = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await writing(path, work);
    } finally {
      await discard();
    }
  };
  return {
    path: draft,
    discard,
    publish: () => naming(() => rename(draft, path)),
    publishNew: () =>
      naming(() =>
        link(draft, path).then(
          () => true,
          (error: NodeJS.ErrnoException) => {
            if (error.code === 'EEXIST') return false;
            throw error;
          },
        ),
      ),
  };
}

/** Writes the file whole or not at all, in place of what has its name. @throws OpsError as writeDraft */
export async function writeWhole(path: string, content: string): Promise<void> {
  await (await writeDraft(path, content)).publish();
}

/** Hidden, and still among the `.env*` that git ignores when it will be one of these. */
function prefixOf(path: string): string {
  const name = basename(path);
  return `${name.startsWith('.') ? '' : '.'}${name}.`;
}

async function removeOrphans(path: string): Promise<void> {
  const prefix = prefixOf(path);
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
