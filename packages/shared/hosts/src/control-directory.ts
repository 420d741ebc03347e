import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { socketsPrefix, sweepSockets } from './sweep-sockets.ts';

/**
 * A private directory for the sockets of shared connections, with a short
 * path: a socket's name has 107 bytes, of which ssh wants some itself.
 */
export async function controlDirectory(): Promise<AsyncDisposable & { path: string }> {
  const above = tmpdir().length > 40 ? '/tmp' : tmpdir();
  await sweepSockets(above);
  const path = await mkdtemp(join(above, socketsPrefix));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
