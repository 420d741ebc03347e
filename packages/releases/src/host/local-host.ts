import { request } from 'node:http';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { Host, HttpAnswer } from './host.ts';
import { feedScript, runScript } from './run-script.ts';

const standardPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface LocalPlace {
  name: string;
  root: string;
  ports: readonly number[];
  timeout: number;
  signal: AbortSignal | undefined;
}

/** This machine, through the same scripts as any other. `node` is the one that runs this. */
export function localHost({ name, root, ports, timeout, signal }: LocalPlace): Host {
  const env = { PATH: `${dirname(process.execPath)}:${standardPath}`, HOME: homedir() };
  return {
    name,
    root,
    ports,
    run: (script, options) => runScript({ host: name, argv: ['sh', '-s'], env, timeout, signal }, script, options),
    feed: (script, input) => feedScript({ host: name, argv: ['sh', '-c', script], env, timeout, signal }, input),
    get: (port, path, limit) => get(port, path, limit, signal),
    close: async () => {},
  };
}

function get(port: number, path: string, timeout: number, signal: AbortSignal | undefined): Promise<HttpAnswer> {
  const limit = AbortSignal.timeout(timeout);
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path,
        agent: false,
        headers: { connection: 'close' },
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const headers = Object.fromEntries(
            Object.entries(response.headers).map(([key, value]) => [key, String(value)]),
          );
          resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() });
        });
      },
    );
    asked.on('error', (error) => reject(limit.aborted ? new Error(`no answer within ${timeout} ms`) : error));
    asked.end();
  });
}
