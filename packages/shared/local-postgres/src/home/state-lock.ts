import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import { command } from '@opsgraph/terminal';

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
 * @throws OpsError LOCAL_POSTGRES_BUSY (75), STATE_DIRECTORY_UNUSABLE (73)
 */
export async function withStateLock<T>(
  stateDirectory: string,
  wait: number,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const file = await openLockFile(stateDirectory);
  try {
    for (const until = performance.now() + wait; !take(file, stateDirectory); ) {
      signal?.throwIfAborted();
      if (performance.now() >= until) throw held(stateDirectory, wait);
      await pause(lookEvery);
    }
    return await work();
  } finally {
    file.close();
  }
}

const lockFileIn = (stateDirectory: string): string => join(stateDirectory, 'local-postgres.lock');

/** Nothing is ever written into it. */
async function openLockFile(stateDirectory: string): Promise<DatabaseSync> {
  const sqlite = await import('node:sqlite');
  try {
    return new sqlite.DatabaseSync(lockFileIn(stateDirectory), { timeout: 0 });
  } catch (cause) {
    throw unusable(stateDirectory, cause);
  }
}

function take(file: DatabaseSync, stateDirectory: string): boolean {
  try {
    file.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (cause) {
    if ((cause as { errcode?: number }).errcode === busy) return false;
    throw unusable(stateDirectory, cause);
  }
}

/** Another user's, damaged, or a directory. */
function unusable(stateDirectory: string, cause: unknown): OpsError {
  const path = lockFileIn(stateDirectory);
  return new OpsError({
    code: 'STATE_DIRECTORY_UNUSABLE',
    exit: 'cannotCreate',
    message: `${path} cannot be locked: ${(cause as Error).message}`,
    hint: `check who owns it (${command`ls -l ${path}`}); it holds nothing and may be removed while no setup runs`,
    cause,
  });
}

function held(stateDirectory: string, wait: number): OpsError {
  return new OpsError({
    code: 'LOCAL_POSTGRES_BUSY',
    exit: 'tryLater',
    message: `another process has been working on the local PostgreSQL of ${stateDirectory} for ${Math.round(wait / 1000)} s`,
    hint: `wait for it, or see who it is: ${command`fuser ${lockFileIn(stateDirectory)}`}`,
  });
}
