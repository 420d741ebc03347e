import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { placesOf, superuser, type Cluster } from './cluster.ts';
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

/**
 * Makes the data directory in `data.partial` and renames it when it is whole:
 * a `data` that exists is complete. What a killed initdb left is removed.
 */
export async function createData(cluster: Cluster, settings: ServerSettings, password: string, signal?: AbortSignal): Promise<void> {
  const { data, partial, password: passwordFile } = placesOf(cluster.home);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (cluster.user !== undefined) {
    await chown(partial, cluster.user.uid, cluster.user.gid);
    await chown(passwordFile, cluster.user.uid, cluster.user.gid);
  }
  const args = [
    `--pgdata=${partial}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own locale: the same order of strings on every machine.
    '--locale-provider=builtin',
    '--locale=C',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(settings['fsync'] === 'off' ? ['--no-sync'] : []),
    ...Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`),
  ];
  await runServerProgram(cluster, 'initdb', args, { timeout: 120_000, signal });
  await rename(partial, data);
}
