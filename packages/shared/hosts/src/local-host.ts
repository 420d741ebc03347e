import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { Host } from './host.ts';
import type { Refusals } from './host-error.ts';
import { httpGet } from './http-get.ts';
import { scriptRunner } from './run-script.ts';

const standardPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface LocalPlace {
  name: string;
  root: string;
  ports: readonly number[];
  timeout: number;
  refusals?: Refusals;
  signal: AbortSignal | undefined;
}

/** This machine, through the same scripts as any other. `node` is the one that runs this. */
export function localHost({ name, root, ports, timeout, refusals = {}, signal }: LocalPlace): Host {
  const env = { PATH: `${dirname(process.execPath)}:${standardPath}`, HOME: homedir() };
  const scripts = scriptRunner({ host: name, command: () => ['sh', '-s'], env, timeout, refusals, signal });
  return {
    name,
    root,
    ports,
    ...scripts,
    get: (port, path, limit) => httpGet({ port }, { port, path, timeout: limit, signal }),
    close: scripts.leave,
  };
}
