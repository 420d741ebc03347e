import { placesOf, type Cluster } from './cluster.ts';
import { runServerProgram } from './server-program.ts';

/** fast: disconnects everybody and closes cleanly; immediate: like a power cut. */
export type StopMode = 'fast' | 'immediate';

/** Stops the server and waits for its end. */
export async function stopServer(cluster: Cluster, mode: StopMode, signal?: AbortSignal): Promise<void> {
  const args = ['stop', '--pgdata', placesOf(cluster.home).data, '--mode', mode, '--wait', '--timeout', '60', '--silent'];
  await runServerProgram(cluster, 'pg_ctl', args, { timeout: 70_000, signal });
}
