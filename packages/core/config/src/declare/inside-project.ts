import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { Complaint } from './complaint.ts';

/**
 * The absolute path of `path`, which is read from the root of the project. It
 * must stay inside, also when the symlinks on its way are followed; the path
 * itself need not exist yet. With `absolute`, an absolute one may be anywhere.
 */
export function insideProject(root: string, path: string, absolute: boolean): string | Complaint {
  if (path === '' || path.includes('\0')) return new Complaint('is not a path');
  if (isAbsolute(path))
    return absolute ? resolve(path) : new Complaint('is absolute; write it from the root of the project');
  const full = resolve(root, path);
  if (!contains(root, full)) return new Complaint('leads outside the project');
  const real = followed(full);
  if (real === undefined) return new Complaint('leads to a broken symlink');
  if (!contains(realpathSync(root), real)) return new Complaint('leads outside the project through a symlink');
  return full;
}

function contains(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Where the existing part of the path really is; undefined behind a symlink to nowhere or to itself. */
function followed(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? undefined : followed(dirname(path));
  }
}
