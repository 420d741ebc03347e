import { chmod, chown, mkdir, open } from 'node:fs/promises';
import { type Cluster, placesOf } from '../server/cluster.ts';

/**
 * Makes the home and what the server writes in it besides its data. Root's
 * home stays root's: the server's user may pass through it and write its own
 * files, but put nothing in their place (a link where root would write).
 */
export async function prepareHome({ home, user }: Pick<Cluster, 'home' | 'user'>): Promise<void> {
  const { sockets, log } = placesOf(home);
  await mkdir(home, { recursive: true, mode: 0o700 });
  await mkdir(sockets, { recursive: true, mode: 0o700 });
  await (await open(log, 'a', 0o600)).close();
  if (user === undefined) return;
  await chown(home, 0, user.gid);
  await chmod(home, 0o710);
  for (const path of [sockets, log]) await chown(path, user.uid, user.gid);
}
