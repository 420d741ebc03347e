import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A private directory for the sockets of shared connections, with a short
 * path: a socket's name has 107 bytes, of which ssh wants some itself.
 */
export async function controlDirectory(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir().length > 40 ? '/tmp' : tmpdir(), 'ops-ssh-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
