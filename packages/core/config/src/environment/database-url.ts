import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { type Secret, secretUrl } from '@opsgraph/secrets';
import { isRecord } from '../files/read-environment-file.ts';
import type { Environment } from './environment.ts';

export interface DatabasePlace {
  stateDirectory: string;
  signal?: AbortSignal | undefined;
}

/**
 * Where the tasks log in: DATABASE_URL when it is set, else the embedded
 * PostgreSQL as the owner of the environment's database.
 *
 * @throws OpsError SECRET_UNAVAILABLE (78), EMBEDDED_NOT_RUNNING (69)
 */
export async function databaseUrl(
  { database }: Pick<Environment, 'database'>,
  { stateDirectory, signal }: DatabasePlace,
): Promise<Secret> {
  const { url, embedded } = database;
  if (url !== undefined && (url.isSet || embedded === undefined)) return url.resolve(signal);
  // A valid configuration has one of the two.
  const { owner, ownerPassword, database: name } = embedded!;
  const port = await embeddedPort(join(stateDirectory, 'local-postgres.json'));
  const password = await ownerPassword.resolve(signal);
  const [user, secret, path] = [owner, password.reveal(), name].map(encodeURIComponent);
  return secretUrl('the URL of the embedded PostgreSQL', `postgres://${user}:${secret}@127.0.0.1:${port}/${path}`);
}

/** The state file is written by packages/shared/local-postgres when it has started the server. */
async function embeddedPort(path: string): Promise<number> {
  let state: unknown;
  try {
    state = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw notRunning(
      isMissing ? 'the embedded PostgreSQL is not set up' : `the record of the embedded PostgreSQL is broken: ${path}`,
      error,
    );
  }
  const port = isRecord(state) ? state['port'] : undefined;
  if (typeof port !== 'number' || !Number.isInteger(port) || port <= 0 || port > 65_535) {
    throw notRunning(`the record of the embedded PostgreSQL names no port: ${path}`);
  }
  // A checkout that was copied with its state directory must not write into the database of the original.
  const own = await realpath(dirname(path));
  if (isRecord(state) && state['stateDirectory'] !== own) {
    throw notRunning(`the record of the embedded PostgreSQL was written for another checkout: ${path}`);
  }
  return port;
}

function notRunning(message: string, cause?: unknown): OpsError {
  return new OpsError({
    code: 'EMBEDDED_NOT_RUNNING',
    exit: 'unavailable',
    message,
    hint: 'pnpm --filter setup run setup',
    cause,
  });
}
