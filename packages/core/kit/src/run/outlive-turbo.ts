import { spawn } from 'node:child_process';
import { constants } from 'node:os';

type Env = Readonly<Record<string, string | undefined>>;

/** Milliseconds from the first signal to the end of the process, where the task does not say how long it needs. */
export const usualStop = 7000;

/** Marks the process that was started apart. */
const mark = 'OPS_APART';

/**
 * turbo kills the process group of a task 10 s after it has passed a signal on.
 * A task that needs longer to stop runs in a session of its own, which turbo's
 * kill does not reach; turbo then waits for its output to end. This process
 * only passes signals on.
 *
 * @param stopWithin milliseconds
 * @returns the exit code; undefined when the task is to run in this process
 */
export async function outliveTurbo(stopWithin: number | undefined, env: Env): Promise<number | undefined> {
  const isUsual = stopWithin === undefined || stopWithin <= usualStop;
  if (isUsual || !env['TURBO_HASH'] || env[mark] !== undefined) return undefined;
  const child = spawn(process.execPath, process.argv.slice(1), {
    detached: true,
    stdio: 'inherit',
    env: { ...env, [mark]: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
}
