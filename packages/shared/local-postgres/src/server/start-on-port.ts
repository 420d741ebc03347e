import { setTimeout as pause } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import { type Cluster, placesOf } from './cluster.ts';
import { cannotStart } from './failures.ts';
import { findFreePort } from './free-port.ts';
import { boundLog, lastLogLines, logEnd } from './server-log.ts';
import { startServer } from './start-server.ts';

const attempts = 10;
/** Passes by itself: another process was faster at the port, or the kernel still takes a dead server's memory away. */
const passing = /could not bind|address already in use|pre-existing shared memory block/i;

/** Starts the server on the port it had, or on a free one when that is another process's now. Returns the port. */
export async function startOnPort(
  cluster: Cluster,
  remembered: number | undefined,
  signal?: AbortSignal,
): Promise<number> {
  const { log } = placesOf(cluster.home);
  await boundLog(log);
  for (let attempt = 1; ; attempt += 1) {
    const port = (attempt === 1 && remembered ? await findFreePort(remembered) : undefined) ?? (await anyFreePort());
    const before = await logEnd(log);
    try {
      await startServer(cluster, port, signal);
      return port;
    } catch (error) {
      signal?.throwIfAborted();
      const said = await lastLogLines(log, before);
      if (attempt === attempts || !passing.test(said.join('\n'))) throw cannotStart(cluster.home, said, error);
      await pause(100);
    }
  }
}

async function anyFreePort(): Promise<number> {
  const port = await findFreePort();
  if (port !== undefined) return port;
  throw new OpsError({
    code: 'NO_FREE_PORT',
    exit: 'unavailable',
    message: 'no port of 127.0.0.1 is free',
    hint: 'see what holds them: ss -ltn',
  });
}
