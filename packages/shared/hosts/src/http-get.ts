import type { Duplex } from 'node:stream';
import type { HttpAnswer } from './host.ts';

/** Where a service listens: a port of this machine, a socket that leads to one of another, or what stands for that. */
export type Listening = { port: number } | { socketPath: string } | { createConnection(): Duplex };

/** Bytes of a body that are read; a health check has a few, and one without end must not fill our memory. */
const longest = 1_000_000;

/** One request, on a connection of its own. `port` is what the service believes to listen at. */
export function httpGet(
  where: Listening,
  { port, path, timeout, signal }: { port: number; path: string; timeout: number; signal: AbortSignal | undefined },
): Promise<HttpAnswer> {
  // an import would have Node load all that it exports, its WebSocket and fetch too: 60 ms in each step
  const { request } = process.getBuiltinModule('node:http');
  const limit = AbortSignal.timeout(timeout);
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        ...where,
        path,
        // an agent would make the connection itself
        ...(!('createConnection' in where) && { agent: false }),
        headers: { host: `127.0.0.1:${port}`, connection: 'close' },
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size > longest) answer();
        });
        response.on('error', reject);
        response.on('end', answer);
        function answer(): void {
          const headers = Object.fromEntries(
            Object.entries(response.headers).map(([key, value]) => [key, String(value)]),
          );
          resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() });
          response.destroy();
        }
      },
    );
    asked.on('error', (error) => reject(limit.aborted ? new Error(`no answer within ${timeout} ms`) : error));
    asked.end();
  });
}
