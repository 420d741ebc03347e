import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { Release } from '../src/index.ts';
import type { Fleet } from './fleet.ts';

export interface DeployProcess {
  child: ChildProcess;
  /** Resolves when it listens to signals. */
  begun: Promise<unknown>;
  /** What it said to people so far. */
  said(): string;
  /** The exit code; null when a signal ended it. */
  ended: Promise<number | null>;
}

/** All steps of a deployment in a process of its own, which a test may end in any way. */
export function startDeployment(
  { settings, database }: Pick<Fleet, 'settings' | 'database'>,
  release: Release,
  run: string,
  { actor = 'ana', host = 'laptop', env = {} }: { actor?: string; host?: string; env?: NodeJS.ProcessEnv } = {},
): DeployProcess {
  const input = {
    settings,
    url: database.url.reveal(),
    release: dirname(release.archive),
    run: { id: run, actor, host },
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'deploy-all.ts')], {
    env: { PATH: process.env['PATH'], DEPLOYMENT: JSON.stringify(input), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  return {
    child,
    begun: once(child.stdout, 'data'),
    said: () => said,
    ended: new Promise((resolve) => child.once('close', resolve)),
  };
}
