import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What all directories for the sockets of shared connections are called; the first part of it. */
export const socketsPrefix = 'ops-ssh-';

const day = 24 * 60 * 60 * 1000;

/**
 * Removes the directories for sockets that killed processes have left. By
 * age: an empty one may belong to a deployment that is just connecting.
 */
export async function sweepSockets(above: string): Promise<void> {
  for (const name of await readdir(above)) {
    if (!name.startsWith(socketsPrefix)) continue;
    const path = join(above, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() && found.uid === process.getuid?.() && found.mtimeMs < Date.now() - day)
      await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}
