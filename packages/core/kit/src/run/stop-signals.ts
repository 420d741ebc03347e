import { Interrupted, type StopSignal } from '@opsgraph/errors';
import { callersUpTo, isProgram, parentOf } from './callers.ts';

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const turbo = /(^|\/)turbo$/;
/** What may be between a person and a task: package managers, turbo, and `ops`, also by its launcher. */
const runners = /(^|\/)((pnpm|npm|npx|turbo)(\.c?js|-cli\.js)?|kit\/launch\.mjs|ops(\.mjs)?)$/;

export interface Stop {
  /** Aborts with an Interrupted as its reason, or with the error that nobody could catch. */
  signal: AbortSignal;
  abort(reason: unknown): void;
  release(): void;
}

/**
 * Turns SIGINT, SIGTERM, SIGHUP, the death of a caller and an error that
 * nobody could catch into one abort signal. A second signal changes nothing: the task is on its way out and has
 * a deadline.
 *
 * @param runner who called us. Only then is a caller that disappears a reason
 * to stop: somebody who used nohup wants to survive.
 */
export function watchForStop(runner: 'turbo' | 'pnpm' | undefined): Stop {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => controller.abort(new Interrupted(signal as StopSignal));
  for (const signal of stopSignals) process.on(signal, onSignal);
  // An error that nobody could catch ends the run, and not the process: what it was is recorded.
  const onError = (error: unknown): void => controller.abort(error);
  process.on('uncaughtException', onError);
  const callers = runner === undefined ? [] : callersUpTo(runners);
  // turbo may have been killed while pnpm was still starting us.
  const isTooLate = runner === 'turbo' && process.platform === 'linux' && !callers.some((pid) => isProgram(pid, turbo));
  const check = (): void => {
    if (isTooLate || isOrphaned(callers))
      controller.abort(new Interrupted('SIGHUP', 'the caller (pnpm or turbo) disappeared'));
  };
  const watch = setInterval(check, 500);
  watch.unref();
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => {
      clearInterval(watch);
      for (const signal of stopSignals) process.off(signal, onSignal);
      process.off('uncaughtException', onError);
    },
  };
}

function isOrphaned(chain: readonly number[]): boolean {
  return chain.some((pid, index) => {
    const parent = index === 0 ? process.ppid : parentOf(chain[index - 1]!);
    // Where /proc does not exist only the parent itself can be watched.
    return parent !== undefined && parent !== pid;
  });
}
