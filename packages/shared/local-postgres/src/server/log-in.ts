import { readFile, realpath } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import { withSession } from '@opsgraph/postgres';
import { type Secret, secretUrl } from '@opsgraph/secrets';
import { placesOf, superuser } from './cluster.ts';
import { lastLogLines } from './server-log.ts';
import { findServerProcesses } from './server-processes.ts';

export interface LoggedIn {
  url: Secret;
  /** PostgreSQL's: 18.4. */
  version: string;
}

/**
 * Proves that the server of this home answers on `port`: by a login with its
 * password, and by asking it where its data is. A server that starts (it may
 * be replaying its log) is given `limit` ms.
 *
 * @throws OpsError LOCAL_POSTGRES_SILENT and LOCAL_POSTGRES_GONE (69), LOCAL_POSTGRES_PASSWORD_LOST (78), DATABASE_LOGIN_REFUSED (77), LOCAL_POSTGRES_FOREIGN (77)
 */
export async function logIn(home: string, port: number, limit: number, signal?: AbortSignal): Promise<LoggedIn> {
  const url = await superuserUrl(home, port);
  const settings = {
    url,
    applicationName: 'opsgraph local-postgres',
    lockTimeout: 5000,
    statementTimeout: 5000,
    connectTimeout: 5000,
    ownSqlOnly: true,
    signal,
  };
  for (const until = performance.now() + limit; ; ) {
    try {
      const [row] = await withSession(settings, (session) =>
        session.query<{ version: string; data: string }>(
          "SELECT split_part(current_setting('server_version'), ' ', 1) AS version, current_setting('data_directory') AS data",
        ),
      );
      if (row!.data !== (await realpath(placesOf(home).data))) throw foreign(port, row!.data);
      return { url, version: row!.version };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof OpsError) || error.exit !== 'unavailable') throw error;
      if ((await findServerProcesses(placesOf(home).data)).server === undefined) throw gone(home, error);
      if (performance.now() >= until) throw await silent(home, port, limit, error);
      await pause(100);
    }
  }
}

async function superuserUrl(home: string, port: number): Promise<Secret> {
  const path = placesOf(home).password;
  const password = await readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  if (password !== '')
    return secretUrl(
      'local PostgreSQL',
      `postgres://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    );
  throw new OpsError({
    code: 'LOCAL_POSTGRES_PASSWORD_LOST',
    exit: 'configuration',
    message: `the password of the local PostgreSQL is gone: ${path} is missing, empty or unreadable`,
    hint: 'put the file back; or discard the data: pnpm --filter setup run destroy-postgres, then npm start',
  });
}

/** It ended while it was being asked: the caller may start it again. */
function gone(home: string, cause: unknown): OpsError {
  return new OpsError({
    code: 'LOCAL_POSTGRES_GONE',
    exit: 'unavailable',
    message: 'the local PostgreSQL ended by itself',
    hint: `its log: ${placesOf(home).log}`,
    cause,
  });
}

async function silent(home: string, port: number, limit: number, cause: unknown): Promise<OpsError> {
  return new OpsError({
    code: 'LOCAL_POSTGRES_SILENT',
    exit: 'unavailable',
    message: `the local PostgreSQL runs, but no login succeeded on 127.0.0.1:${port} within ${Math.round(limit / 1000)} s`,
    hint: `its log: ${placesOf(home).log}`,
    problems: await lastLogLines(placesOf(home).log),
    cause,
  });
}

function foreign(port: number, data: string): OpsError {
  return new OpsError({
    code: 'LOCAL_POSTGRES_FOREIGN',
    exit: 'refused',
    message: `the server on 127.0.0.1:${port} keeps its data in ${data}: it is another checkout's`,
    hint: 'stop one of the two: pnpm --filter setup run stop-postgres, in its checkout',
  });
}
