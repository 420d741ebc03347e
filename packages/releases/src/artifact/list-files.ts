import { lstat, readdir } from 'node:fs/promises';
import { basename, isAbsolute, join, normalize } from 'node:path/posix';

export interface SourceFile {
  /** In the release. */
  path: string;
  /** On this machine. */
  source: string;
  mode: '644' | '755';
}

/** What cannot stand in a release: sha256sum would write it in another way, and nobody needs it. */
const unwantedName = /[\p{Cc}\\]/u;

/**
 * The regular files under the given paths. Links and special files are
 * problems: a release must mean the same on every host.
 *
 * @param skip names of directories that are left out
 */
export async function listFiles(
  directory: string,
  paths: readonly string[],
  skip: ReadonlySet<string>,
): Promise<{ files: SourceFile[]; problems: string[] }> {
  const files = new Map<string, SourceFile>();
  const problems: string[] = [];

  async function visit(path: string, isSkipped: (name: string) => boolean): Promise<void> {
    const source = join(directory, path);
    try {
      const found = await lstat(source);
      if (found.isFile()) add(path, source, found.mode);
      else if (!found.isDirectory()) problems.push(`${path}: is no regular file; a release holds only files`);
      else if (!isSkipped(basename(path)))
        for (const name of await readdir(source))
          await visit(path === '' ? name : `${path}/${name}`, (directoryName) => skip.has(directoryName));
    } catch (error) {
      problems.push(`${source}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  function add(path: string, source: string, mode: number): void {
    if (unwantedName.test(path) || !path.isWellFormed())
      problems.push(`${JSON.stringify(path)}: control characters and backslashes cannot stand in a name`);
    else files.set(path, { path, source, mode: (mode & 0o100) === 0 ? '644' : '755' });
  }

  for (const given of paths) {
    const path = normalize(given).replace(/\/+$/, '');
    if (isAbsolute(path) || path.split('/')[0] === '..') problems.push(`${given}: is not in ${directory}`);
    else await visit(path === '.' ? '' : path, () => false);
  }
  return { files: [...files.values()], problems };
}
