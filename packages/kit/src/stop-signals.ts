import { readFileSync } from 'node:fs';
import { Interrupted, type StopSignal } from '@opsgraph/errors';

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const turbo = /(^|\/)turbo$/;
/** What may stand between a person and a task: package managers, turbo, and `ops` (kit/launch.mjs). */
const runners = /(^|\/)((pnpm|npm|npx|turbo)(\.c?js|-cli\.js)?|kit\/launch\.mjs)$/;

export interface Stop {
  /** Aborts with an Interrupted as its reason. */
  signal: AbortSignal;
  abort(reason: unknown): void;
  release(): void;
}

/**
 * Turns SIGINT, SIGTERM, SIGHUP and the death of a caller into one abort
 * signal. A second signal changes nothing: the task is on its way out and has
 * a deadline.
 *
 * @param runner who called us. Only then is a caller that disappears a reason
 * to stop: somebody who used nohup wants to survive.
 */
export function watchForStop(runner: 'turbo' | 'pnpm' | undefined): Stop {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => controller.abort(new Interrupted(signal as StopSignal));
  for (const signal of stopSignals) process.on(signal, onSignal);
  const callers = runner === undefined ? [] : runnerChain();
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
    },
  };
}

/**
 * The processes between us and the outermost pnpm, npm or turbo, nearest
 * first. pnpm puts a shell in between that outlives it, so looking at the
 * parent alone would not notice.
 */
function runnerChain(): number[] {
  const chain = [process.ppid];
  for (let pid = parentOf(process.ppid); pid !== undefined && pid > 1; pid = parentOf(pid)) chain.push(pid);
  const outermost = chain.findLastIndex((pid) => isProgram(pid, runners));
  return chain.slice(0, Math.max(outermost + 1, 1));
}

function isOrphaned(chain: readonly number[]): boolean {
  return chain.some((pid, index) => {
    const parent = index === 0 ? process.ppid : parentOf(chain[index - 1]!);
    // Where /proc does not exist only the parent itself can be watched.
    return parent !== undefined && parent !== pid;
  });
}

/** From /proc/PID/stat: pid (name) state ppid …; the name may contain anything. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return process.platform === 'linux' ? 1 : undefined;
  }
}

/** The program itself, not a shell whose command line mentions it. */
function isProgram(pid: number, program: RegExp): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]/).slice(0, 2);
    return words.some((word) => program.test(word));
  } catch {
    return false;
  }
}
