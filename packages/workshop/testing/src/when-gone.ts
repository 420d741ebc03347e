import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Has a shell execute a script when this process has gone, however it ended:
 * a process beside it waits for the pipe between them to close.
 *
 * @param args its $1, $2 and so on
 * @returns `end` has it executed now, and waits for it
 */
export function whenGone(script: string, args: readonly string[]): { end(): Promise<void> } {
  const watch = spawn('sh', ['-c', `cat >/dev/null\n${script}`, 'sh', ...args], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = once(watch, 'exit');
  watch.unref();
  (watch.stdin as unknown as { unref(): void }).unref();
  return {
    async end() {
      watch.ref();
      watch.stdin.end();
      await gone;
    },
  };
}
