import { randomBytes } from 'node:crypto';
import { appendFile, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverHas } from '@opsgraph/postgres/server-features';
import type { Secret } from '@opsgraph/secrets';
import { majorOf } from '../binaries/binaries.ts';
import { type Cluster, placesOf, superuser } from './cluster.ts';
import { runServerProgram } from './server-program.ts';

export type ServerSettings = Readonly<Record<string, string>>;

/** Small enough for a laptop, and nothing a client says lands in the log. */
export const modestSettings: ServerSettings = {
  listen_addresses: '127.0.0.1',
  max_connections: '100',
  shared_buffers: '128MB',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  // A failing ALTER ROLE … PASSWORD would be logged with its password.
  log_min_error_statement: 'panic',
};

const partialPrefix = 'data.partial.';

/**
 * Makes the data directory under another name and renames it when it is
 * whole: a `data` that exists is complete. What a killed initdb left is
 * removed; one that still runs writes to its own name, never to ours.
 */
export async function createData(
  cluster: Cluster,
  settings: ServerSettings,
  password: Secret,
  signal?: AbortSignal,
): Promise<void> {
  const { home, user } = cluster;
  await removePartial(home);
  const partial = join(home, `${partialPrefix}${randomBytes(4).toString('hex')}`);
  const passwordFile = placesOf(home).password;
  await mkdir(partial, { mode: 0o700 });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, `${password.reveal()}\n`, { mode: 0o600, flag: 'wx' });
  for (const path of user === undefined ? [] : [partial, passwordFile]) await chown(path, user!.uid, user!.gid);
  try {
    await runServerProgram(cluster, 'initdb', initdbArguments(cluster, partial, passwordFile, settings), {
      timeout: 120_000,
      signal,
    });
    await appendFile(join(partial, 'postgresql.conf'), asConfiguration(settings));
    await rename(partial, placesOf(home).data);
  } catch (error) {
    await removePartial(home);
    throw error;
  }
}

function initdbArguments(
  { binaries }: Cluster,
  directory: string,
  passwordFile: string,
  settings: ServerSettings,
): string[] {
  return [
    `--pgdata=${directory}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own locale: the same order of strings on every machine.
    ...(serverHas(majorOf(binaries) * 10_000, 'builtin locales')
      ? ['--locale-provider=builtin', '--locale=C', '--builtin-locale=C.UTF-8']
      : ['--locale=C.UTF-8']),
    '--no-instructions',
    ...(settings['fsync'] === 'off' ? ['--no-sync'] : []),
  ];
}

/** Lines for the end of postgresql.conf, where the last word counts. */
function asConfiguration(settings: ServerSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');
}

async function removePartial(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(partialPrefix)) await rm(join(home, name), { recursive: true, force: true, maxRetries: 5 });
  }
}
