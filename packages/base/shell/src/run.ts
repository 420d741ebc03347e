import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { OpsError } from '@opsgraph/errors';
import { maskingStream, Secret } from '@opsgraph/secrets';
import { type ChildEnvironment, childEnvironment } from './child-environment.ts';
import {
  CommandFailed,
  commandNotFound,
  commandNotStarted,
  commandTimedOut,
  workingDirectoryMissing,
} from './command-failed.ts';
import { killAtExit } from './kill-at-exit.ts';
import { releasePipes } from './pipes.ts';
import { endFamily, type Family, isGroupAlive } from './processes.ts';
import { requireArgv } from './quote-posix.ts';
import { startAlone } from './start-alone.ts';

export interface RunOptions {
  /** Working directory; default `/`. */
  cwd?: string;
  /** The whole environment of the child; without it only a standard PATH. `ZX_*` never gets through. */
  env?: ChildEnvironment;
  /** Text for its standard input, or a stream; without it the input is empty. Secrets go this way, never into argv. */
  stdin?: string | Uint8Array | Secret | Readable;
  /** Milliseconds until the command and everything it started is ended. */
  timeout?: number | undefined;
  /** Milliseconds between TERM and KILL; default 3000. */
  grace?: number;
  /** When it aborts, the command is ended likewise and `run` throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Output is also written here while it comes, secrets masked. The streams are not ended. */
  passOn?: { stdout?: Writable; stderr?: Writable };
  /**
   * Called with each piece of its output while it comes, as it is: for a program that is asked several times. The result has
   * none of it.
   */
  onOutput?: { stdout?(piece: Buffer): void; stderr?(piece: Buffer): void };
  /** Exit codes that are results, not failures; default only 0. */
  allowedExitCodes?: readonly number[];
  /**
   * Asked when it has succeeded, and when it is ended early: whether it has by now left a process running on purpose
   * (`ssh` with ControlPersist), which is not looked for then.
   */
  leavesDaemon?(): boolean;
  /** Runs as this user; only root can. */
  user?: { uid: number; gid: number } | undefined;
}

export interface RunResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** A timer set for longer fires at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * Runs a program with exactly these arguments; no shell reads them. The
 * command leads a session of its own. When it has ended, what it left running
 * in its process group is ended too; a daemon that made its own session lives
 * on. At the time limit or an abort also daemons are ended.
 *
 * @throws OpsError COMMAND_NOT_FOUND and DIRECTORY_MISSING (78), COMMAND_NOT_STARTED (76), COMMAND_TIMEOUT (124),
 * ARGUMENT_INVALID (65); CommandFailed with the child's own exit code (76)
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  requireArgv(argv);
  const { timeout, grace = 3000, signal, allowedExitCodes = [0] } = options;
  const [program] = argv;
  const start = options.onOutput === undefined ? (await import('./start-with-zx.ts')).startWithZx : startAlone;
  signal?.throwIfAborted();

  const mark = randomUUID();
  let stopped: 'timeout' | 'abort' | undefined;
  let ending: Promise<void> | undefined;
  const { child, output } = start(
    argv,
    options.stdin instanceof Secret ? options.stdin.reveal() : options.stdin,
    (command, args, given) =>
      spawn(command, args, {
        ...given,
        cwd: options.cwd ?? '/',
        env: childEnvironment(options.env, mark),
        ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
      }),
  );
  if (child?.pid === undefined) throw await notStarted(program, options.cwd, (await output).error);

  const family: Family = { group: child.pid, mark };
  const passed = passOn(child, options.passOn);
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (piece: Buffer) => options.onOutput?.[name]?.(piece));
  const stop = (why: 'timeout' | 'abort'): void => {
    stopped ??= why;
    ending ??= endFamily(family, grace, options.leavesDaemon?.() !== true).then(() => releasePipes(child));
  };
  const abort = (): void => stop('abort');
  const timer = timeout === undefined ? undefined : setTimeout(stop, Math.min(timeout, longestTimer), 'timeout');
  const ended = killAtExit(family);
  signal?.addEventListener('abort', abort);
  child.once('exit', () => {
    clearTimeout(timer);
    const isLeft = child.exitCode === 0 && options.leavesDaemon?.() === true;
    const hasLeft = !isLeft && isGroupAlive(family.group);
    ending ??= (hasLeft ? endFamily(family, grace, false) : Promise.resolve()).then(() => releasePipes(child));
  });

  const { stdout, stderr, error } = await output;
  await Promise.all([ending, ...passed]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', abort);
  ended();

  if (stopped === 'abort') throw signal?.reason;
  if (stopped === 'timeout') throw commandTimedOut(program, timeout!, stderr);
  if (error !== undefined) throw await notStarted(program, options.cwd, error);
  const exitCode = child.exitCode ?? 128 + (child.signalCode === null ? 0 : constants.signals[child.signalCode]);
  if (child.signalCode === null && allowedExitCodes.includes(exitCode)) return { stdout, stderr, exitCode };
  throw new CommandFailed({ program, exitCode, signal: child.signalCode ?? undefined, stderr });
}

/** The system says ENOENT for a missing program, a missing interpreter and a missing working directory alike. */
async function notStarted(program: string, cwd: string | undefined, error: unknown): Promise<OpsError> {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (cwd !== undefined && !(await isDirectory(cwd))) return workingDirectoryMissing(program, cwd);
  // A file that is there and yet not found is a script whose interpreter is missing.
  const missing =
    code === 'ENOENT' && syscall?.startsWith('spawn') && !(program.includes('/') && (await isThere(program)));
  return missing ? commandNotFound(program, error) : commandNotStarted(program, error);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** One masking stream each, so that a secret split over chunks is seen. */
function passOn(child: ChildProcess, targets: RunOptions['passOn'] = {}): Promise<unknown>[] {
  return (['stdout', 'stderr'] as const).flatMap((name) => {
    const target = targets[name];
    if (target === undefined) return [];
    const masked = maskingStream();
    child[name]?.pipe(masked).pipe(target, { end: false });
    // Cut off by releasePipes the source closes without ending.
    child[name]?.once('close', () => masked.end());
    return [new Promise((done) => masked.once('close', done))];
  });
}
