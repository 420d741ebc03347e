import { quotePosix } from '@opsgraph/shell';
import { type Cluster, placesOf, socketDirectoryOf } from './cluster.ts';
import { runServerProgram } from './server-program.ts';

/** How long a start may take; after a crash the server first replays its log. */
const startLimit = 120;

/**
 * Starts the server in a session of its own (pg_ctl does that), so that it
 * outlives its starter; returns when it accepts connections.
 *
 * @throws CommandFailed of pg_ctl; the reason is in the server's log
 */
export async function startServer(cluster: Cluster, port: number, signal?: AbortSignal): Promise<void> {
  const { data, log } = placesOf(cluster.home);
  const options = quotePosix([
    '-c',
    `port=${port}`,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${quoteList(socketDirectoryOf(cluster.home))}`,
    '-c',
    'unix_socket_permissions=0700',
  ]);
  const args = [
    'start',
    '--pgdata',
    data,
    '--log',
    log,
    '--wait',
    '--timeout',
    String(startLimit),
    '--silent',
    '--options',
    options,
  ];
  await runServerProgram(cluster, 'pg_ctl', args, { timeout: (startLimit + 10) * 1000, signal });
}

/** The setting is a list of paths: one with a comma or a space in it must be quoted. */
function quoteList(path: string | undefined): string {
  return path === undefined ? '' : `"${path.replaceAll('"', '""')}"`;
}
