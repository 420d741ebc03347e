import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path/posix';
import type { ReleaseDirectory, ReleaseLink } from './manifest.ts';
import { modesAmong } from './modes-among.ts';

export interface SourceFile {
  /** In the release. */
  path: string;
  /** On this machine. */
  source: string;
  /** Permissions as three octal digits. */
  mode: string;
}

export interface Listed {
  files: SourceFile[];
  links: ReleaseLink[];
  /** Those that files do not bring about: empty ones, and others with permissions of their own. */
  directories: ReleaseDirectory[];
  problems: string[];
}

/** What cannot be in a release: sha256sum would write it in another way, and nobody needs it. */
const unwantedName = /[\p{Cc}\\]/u;

/**
 * The files, links and directories under the given paths. A link that leads
 * out of `directory` is a problem, and so is what is neither: a release must
 * mean the same on every host.
 *
 * @param skip names of directories (and links) that are left out, but for those that are given
 */
export async function listFiles(
  directory: string,
  paths: readonly string[],
  skip: ReadonlySet<string>,
): Promise<Listed> {
  const files = new Map<string, { path: string; source: string; mode: number }>();
  const links = new Map<string, ReleaseLink>();
  const entered = new Map<string, { mode: number; isEmpty: boolean }>();
  const problems: string[] = [];

  async function visit(path: string, isGiven: boolean): Promise<void> {
    const source = join(directory, path);
    try {
      // where all of it lies may be a link; what is in it is meant
      const found = await (path === '' ? stat : lstat)(source);
      if (!isGiven && !found.isFile() && skip.has(basename(path))) return;
      if (!isWanted(path)) return;
      if (found.isSymbolicLink()) addLink(path, await readlink(source));
      else if (found.isFile()) addFile(path, source, found.mode);
      else if (found.isDirectory()) await enter(path, source, found.mode);
      else problems.push(`${path}: is not a file, link or directory; a release holds only those`);
    } catch (error) {
      problems.push(`${source}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  function isWanted(path: string): boolean {
    if (!unwantedName.test(path) && path.isWellFormed()) return true;
    problems.push(`${JSON.stringify(path)}: control characters and backslashes are not allowed in a name`);
    return false;
  }

  async function enter(path: string, source: string, mode: number): Promise<void> {
    const names = await readdir(source);
    // its owner must be able to remove the release
    entered.set(path, { mode: mode | 0o700, isEmpty: names.length === 0 });
    for (const name of names) await visit(path === '' ? name : `${path}/${name}`, false);
  }

  function addFile(path: string, source: string, mode: number): void {
    if ((mode & 0o6000) !== 0)
      problems.push(
        `${path}: runs with the rights of its owner or group (setuid, setgid), which a release does not carry`,
      );
    else files.set(path, { path, source, mode: mode | 0o400 });
  }

  function addLink(path: string, target: string): void {
    const end = normalize(join(dirname(path), target));
    if (isAbsolute(target) || end.split('/')[0] === '..')
      problems.push(
        `${path}: is a link to ${JSON.stringify(target)}, which leads out of what is packed; make it a relative link that stays inside, or a copy (a virtual environment: python -m venv --copies)`,
      );
    else if (isWanted(target)) links.set(path, { path, target });
  }

  for (const given of paths) {
    const path = normalize(given).replace(/\/+$/, '');
    if (isAbsolute(path) || path.split('/')[0] === '..') problems.push(`${given}: is not in ${directory}`);
    else await visit(path === '.' ? '' : path, true);
  }
  const modeOfFile = modesAmong([...files.values()]);
  const modeOfDirectory = modesAmong([...entered.values(), ...(await modeOf(directory))]);
  return {
    files: [...files.values()].map((file) => ({ ...file, mode: modeOfFile(file) })),
    links: [...links.values()],
    directories: [...entered]
      .map(([path, { mode, isEmpty }]) => ({ path, isEmpty, mode: modeOfDirectory({ mode }) }))
      .filter(({ path, isEmpty, mode }) => path !== '' && (isEmpty || mode !== '755'))
      .map(({ path, mode }) => ({ path, mode })),
    problems,
  };
}

/** Nothing where it cannot be read, which is a problem already. */
async function modeOf(directory: string): Promise<{ mode: number }[]> {
  return stat(directory).then(
    ({ mode }) => [{ mode }],
    () => [],
  );
}
