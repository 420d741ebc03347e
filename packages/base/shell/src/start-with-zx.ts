import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Readable } from 'node:stream';
import { $ } from 'zx/core';

export type Start = (program: string, args: readonly string[], options: SpawnOptions) => ChildProcess;

interface Ended {
  stdout: string;
  stderr: string;
  error: Error | undefined;
}

export interface Started {
  /** undefined when the system refused to start it at once. */
  child: ChildProcess | undefined;
  /** Never rejects; when its pipes are closed. */
  output: Promise<Ended>;
}

/**
 * zx runs the command and collects its output. What zx does wrong is taken
 * out of its hands: it would join the words to a line for bash (so the words
 * go to `start` beside it, unread), send TERM once as its time limit, and take
 * its defaults from the environment (ZX_PREFIX, ZX_SHELL, …; so every one of
 * them is named here).
 */
export function startWithZx(
  argv: readonly [string, ...string[]],
  input: string | Uint8Array | Readable | undefined,
  start: Start,
): Started {
  const [program, ...args] = argv;
  let child: ChildProcess | undefined;
  const store = { stdout: [] as Buffer[], stderr: [] as Buffer[], stdall: { push: () => 0 } };
  const command = $({
    prefix: '',
    postfix: '',
    shell: 'none',
    quote: String,
    preferLocal: false,
    verbose: false,
    quiet: true,
    log: () => {},
    nothrow: true,
    timeout: 0,
    detached: true,
    cwd: '/',
    env: {},
    // zx keeps everything twice, and decodes chunk by chunk: one that begins with U+FEFF loses it.
    store: store as never,
    // Without an input the child reads from /dev/null and not from the terminal of the task.
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(input !== undefined && { input: input instanceof Uint8Array ? Buffer.from(input) : input }),
    spawn: ((_line: string, _none: readonly string[], options: SpawnOptions) => {
      const { signal: _ofZx, ...rest } = options;
      child = start(program, args, { ...rest, shell: false, detached: true });
      // A program need not read its input; the broken pipe is no event for us.
      child.stdin?.on('error', () => {});
      return child;
    }) as never,
  })`${program}`;
  const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString('utf8');
  const ended = (error: Error | null | undefined): Ended => ({
    stdout: text(store.stdout),
    stderr: text(store.stderr),
    error: error ?? undefined,
  });
  const output = command.then(
    ({ cause }) => ended(cause as Error | null),
    (error: Error) => ended((error.cause as Error | undefined) ?? error),
  );
  return { child, output };
}
