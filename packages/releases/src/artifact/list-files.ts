import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

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
  const files: SourceFile[] = [];
  const problems: string[] = [];

  async function visit(path: string): Promise<void> {
    const source = join(directory, path);
    let entries: Awaited<ReturnType<typeof list>>;
    try {
      entries = await list(source);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR')
        problems.push(`${source}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
      else await add(path, source);
      return;
    }
    for (const entry of entries) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skip.has(entry.name)) await visit(inner);
      } else if (entry.isFile()) await add(inner, join(source, entry.name));
      else problems.push(`${inner}: is no regular file; a release holds only files`);
    }
  }

  async function add(path: string, source: string): Promise<void> {
    if (unwantedName.test(path) || !path.isWellFormed())
      problems.push(`${JSON.stringify(path)}: control characters and backslashes cannot stand in a name`);
    else files.push({ path, source, mode: ((await stat(source)).mode & 0o100) === 0 ? '644' : '755' });
  }

  for (const path of paths) await visit(path === '.' ? '' : path.replace(/\/+$/, ''));
  return { files, problems };
}

function list(directory: string) {
  return readdir(directory, { withFileTypes: true });
}
