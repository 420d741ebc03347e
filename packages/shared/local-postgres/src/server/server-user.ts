import { readFile } from 'node:fs/promises';
import { OpsError } from '@opsgraph/errors';

export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Who runs the server: PostgreSQL refuses root, so root hands it to
 * `postgres`, or to `nobody` where there is none. Anybody else runs it
 * himself: undefined.
 */
export async function findServerUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([found]) => found === name) ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new OpsError({
    code: 'NO_SERVER_USER',
    exit: 'configuration',
    message: 'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody"',
    hint: 'make one: useradd --system --no-create-home postgres; or work as an ordinary user; or set DATABASE_URL',
  });
}
