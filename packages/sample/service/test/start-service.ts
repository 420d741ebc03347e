import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const main = join(import.meta.dirname, '..', 'src', 'main.ts');

export interface RunningService {
  url: string;
  child: ChildProcess;
  /** Exit code and what it said, once it has ended. */
  ended: Promise<{ code: number | null; output: string }>;
}

/** Starts the service as a process of its own on a free port and waits until it listens. */
export async function startService(env: Record<string, string>): Promise<RunningService> {
  const child = spawn(process.execPath, [main], { env: { PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended: RunningService['ended'] = new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, output }));
  });
  const port = await new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const found = /listens on port (\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => resolve(''));
  });
  return { url: `http://127.0.0.1:${port}`, child, ended };
}
