import { type Cluster, placesOf } from './cluster.ts';
import { runServerProgram } from './server-program.ts';

/** fast: disconnects everybody and closes cleanly; immediate: like a power cut. */
export type StopMode = 'fast' | 'immediate';

/** Seconds a server is given for its end. */
const stopLimit = 20;

/** Stops the server and waits for its end. */
export async function stopServer(cluster: Cluster, mode: StopMode, signal?: AbortSignal): Promise<void> {
  const args = [
    'stop',
    '--pgdata',
    placesOf(cluster.home).data,
    '--mode',
    mode,
    '--wait',
    '--timeout',
    String(stopLimit),
    '--silent',
  ];
  await runServerProgram(cluster, 'pg_ctl', args, { timeout: (stopLimit + 10) * 1000, signal });
}
