import { join } from 'node:path';
import type { Binaries } from '../binaries/binaries.ts';
import type { ServerUser } from './server-user.ts';

/** One database cluster on this machine: where it lies, whose it is, what runs it. */
export interface Cluster {
  home: string;
  /** undefined: the user who runs this process. */
  user: ServerUser | undefined;
  binaries: Binaries;
}

export const superuser = 'postgres';

/** What lies where in a cluster's home. */
export function placesOf(home: string): Record<'data' | 'log' | 'password' | 'sockets' | 'owner', string> {
  return {
    data: join(home, 'data'),
    log: join(home, 'server.log'),
    password: join(home, 'password'),
    sockets: join(home, 'sockets'),
    owner: join(home, 'owner.json'),
  };
}

/** sun_path holds 107 bytes and a NUL on Linux (103 on macOS); the server adds its own file's name. */
export function socketDirectoryOf(home: string): string | undefined {
  const directory = placesOf(home).sockets;
  const limit = process.platform === 'darwin' ? 103 : 107;
  return Buffer.byteLength(`${directory}/.s.PGSQL.65535`) <= limit ? directory : undefined;
}
