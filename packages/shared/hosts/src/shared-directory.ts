import { createHash } from 'node:crypto';
import { lstat, mkdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { socketsPrefix, sweepSockets } from './sweep-sockets.ts';

/**
 * Where the steps of one deployment, each a process of its own, find the
 * connections of the step before. undefined where another user has put
 * something under that name.
 */
export async function sharedDirectory(deployment: string): Promise<(AsyncDisposable & { path: string }) | undefined> {
  const above = tmpdir().length > 40 ? '/tmp' : tmpdir();
  const name = `${socketsPrefix}of-` + createHash('sha256').update(deployment).digest('hex').slice(0, 16);
  const path = join(above, name);
  // not while a connection is in it
  const directory = { path, [Symbol.asyncDispose]: () => rmdir(path).catch(() => {}) };
  await sweepSockets(above);
  try {
    await mkdir(path, { mode: 0o700 });
    return directory;
  } catch {
    const found = await lstat(path).catch(() => undefined);
    const isOurs = found?.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
    return isOurs ? directory : undefined;
  }
}
