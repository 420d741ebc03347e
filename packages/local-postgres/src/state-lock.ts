import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';

const lookEvery = 50;
const busy = 5;

/**
 * One at a time for this checkout's server. The lock is SQLite's on a file in
 * the state directory, the only lock in Node that the kernel takes away with
 * its holder (fcntl), works the same on Linux and macOS and in two containers
 * that share the checkout, and is guarded by the directory's permissions. A
 * file made with O_EXCL would stay after a kill; a socket name can be taken
 * by anybody.
 *
 * @param wait milliseconds; 0 looks once
 * @throws OpsError LOCAL_POSTGRES_BUSY (75)
 */
export async function withStateLock<T>(stateDirectory: string, wait: number, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const { DatabaseSync } = await import('node:sqlite');
  // The lock is all that is wanted: nothing is ever written into the file.
  const file = new DatabaseSync(join(stateDirectory, 'local-postgres.lock'), { timeout: 0 });
  try {
    for (const until = Date.now() + wait; !take(file); ) {
      signal?.throwIfAborted();
      if (Date.now() >= until) throw held(stateDirectory, wait);
      await pause(lookEvery);
    }
    return await work();
  } finally {
    file.close();
  }
}

function take(file: { exec(sql: string): void }): boolean {
  try {
    file.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === busy) return false;
    throw error;
  }
}

function held(stateDirectory: string, wait: number): OpsError {
  return new OpsError({
    code: 'LOCAL_POSTGRES_BUSY',
    exit: 'tryLater',
    message: `another process has been working on the local PostgreSQL of ${stateDirectory} for ${Math.round(wait / 1000)} s`,
    hint: `wait for it, or see who it is: fuser ${join(stateDirectory, 'local-postgres.lock')}`,
  });
}
