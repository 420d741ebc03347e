import { randomUUID } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { Interrupted } from '@opsgraph/errors';
import { type ChildEnvironment, CommandFailed, commandTimedOut, run } from '@opsgraph/shell';
import { beginShell, greet, wrapReader, wrapScript } from './wrap-script.ts';

export interface ShellPlace {
  /** What runs a shell that reads its scripts from standard input; asked each time that one begins. */
  command(): readonly string[] | Promise<readonly string[]>;
  env: ChildEnvironment;
  signal: AbortSignal | undefined;
}

/** What a script said, and how it ended: 0 or one of the codes that are answers. */
export interface Said {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** A shell that stays: one way to a host, whatever many scripts it runs, one after the other. */
export interface LastingShell {
  /** Begins it before there is a script for it. */
  open(): void;
  /** Begins it, and waits until it answers; one that does not fails as a script would. */
  reach(timeout: number): Promise<void>;
  /** @param finish milliseconds for which it may continue when it is interrupted, see ScriptOptions */
  run(script: string, timeout: number, finish?: number): Promise<Said>;
  /** Runs a script that says `ready` when it wants this input. */
  feed(script: string, timeout: number, input: Readable): Promise<Said>;
  /** Ends it; a script after that begins another one. */
  leave(): Promise<void>;
}

interface Conversation {
  program: string;
  input: PassThrough;
  stop: AbortController;
  heard: { stdout: string; stderr: string };
  /** Milliseconds for which the script that runs may continue when it is interrupted. */
  finish: number;
  /** It has answered once: the connection that it has opened, if it did, is for others too. */
  isReached: boolean;
  /** Called whenever more was heard. */
  listener: () => void;
  ended: Promise<Said>;
  isOver: boolean;
}

/** Milliseconds: a process that a script has left there may hold it open. */
const leaveWithin = 2000;

/**
 * Begins again after one that failed or was cut: a failure ends the shell, so
 * that its last words are whole.
 *
 * @param answers exit codes of scripts that are no failures
 */
export function lastingShell(place: ShellPlace, answers: readonly number[]): LastingShell {
  let open: Conversation | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function next(
    wrap: typeof wrapScript,
    script: string,
    asking: Pick<Asking, 'timeout' | 'input' | 'finish'>,
  ): Promise<Said> {
    const said = last.then(async () => ask(await opened(), wrap, script, asking));
    last = said.catch(() => {});
    return said;
  }

  async function opened(): Promise<Conversation> {
    place.signal?.throwIfAborted();
    if (open === undefined || open.isOver) open = begin(await place.command(), place, answers);
    return open;
  }

  return {
    open: () => {
      last = last.then(opened).catch(() => {});
    },
    reach: async (timeout) => void (await next(greet, '', { timeout, finish: 0, input: undefined })),
    run: (script, timeout, finish = 0) => next(wrapScript, script, { timeout, finish, input: undefined }),
    feed: (script, timeout, input) => next(wrapReader, script, { timeout, finish: 0, input }),
    async leave() {
      await last;
      if (open === undefined || open.isOver) return;
      const { input, stop, ended } = open;
      const timer = setTimeout(() => stop.abort(), leaveWithin);
      input.end();
      await ended.catch(() => {});
      clearTimeout(timer);
    },
  };
}

function begin(
  argv: readonly string[],
  { env, signal }: Omit<ShellPlace, 'command'>,
  answers: readonly number[],
): Conversation {
  const input = new PassThrough();
  const stop = new AbortController();
  const heard = { stdout: '', stderr: '' };
  const hear = (name: 'stdout' | 'stderr'): ((piece: Buffer) => void) => {
    const decoder = new StringDecoder('utf8');
    return (piece) => {
      heard[name] += decoder.write(piece);
      conversation.listener();
    };
  };
  const ended = run(argv, {
    env,
    stdin: input,
    signal: stop.signal,
    onOutput: { stdout: hear('stdout'), stderr: hear('stderr') },
    allowedExitCodes: [0, ...answers],
    leavesDaemon: () => conversation.isReached,
  });
  const conversation: Conversation = {
    program: argv[0]!,
    input,
    stop,
    heard,
    finish: 0,
    isReached: false,
    ended,
    isOver: false,
    listener: () => {},
  };
  let finishing: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    const reason: unknown = signal?.reason;
    // who has lost the lease has no right to come to an end
    const finish = reason instanceof Interrupted ? conversation.finish : 0;
    if (finish === 0) stop.abort(reason);
    else finishing = setTimeout(() => stop.abort(reason), finish);
  };
  signal?.addEventListener('abort', onAbort);
  const over = (): void => {
    conversation.isOver = true;
    signal?.removeEventListener('abort', onAbort);
    clearTimeout(finishing);
  };
  ended.then(over, over);
  input.write(beginShell);
  return conversation;
}

interface Asking {
  timeout: number;
  finish: number;
  input: Readable | undefined;
}

async function ask(
  conversation: Conversation,
  wrap: typeof wrapScript,
  script: string,
  { timeout, finish, input }: Asking,
): Promise<Said> {
  const { program, heard, stop } = conversation;
  conversation.finish = finish;
  const end = `ops-end-${randomUUID()}`;
  Object.assign(heard, { stdout: '', stderr: '' });
  const timer = setTimeout(() => stop.abort(commandTimedOut(program, timeout, heard.stderr)), timeout);
  let toSend = input;
  const well = new Promise<Said>((resolve) => {
    conversation.listener = () => {
      if (toSend !== undefined && /^ready$/m.test(heard.stdout)) {
        toSend.pipe(conversation.input, { end: false });
        toSend = undefined;
      }
      const at = heard.stdout.indexOf(`\n${end}\n`);
      if (at === -1) return;
      conversation.isReached = true;
      resolve({ stdout: heard.stdout.slice(0, at), stderr: heard.stderr, exitCode: 0 });
    };
  });
  // a login shell that runs nothing may say so on standard output
  const failed = (exitCode: number, signal: NodeJS.Signals | undefined): CommandFailed =>
    new CommandFailed({ program, exitCode, signal, stderr: heard.stderr.trim() === '' ? heard.stdout : heard.stderr });
  const over = conversation.ended.then(
    ({ exitCode }): Said => {
      if (exitCode === 0) throw failed(exitCode, undefined);
      return { ...heard, exitCode };
    },
    (error: unknown) => {
      throw error instanceof CommandFailed ? failed(error.childExitCode, error.childSignal) : error;
    },
  );
  input?.once('error', (error) => stop.abort(error));
  conversation.input.write(wrap(script, end));
  try {
    return await Promise.race([well, over]);
  } finally {
    clearTimeout(timer);
    Object.assign(conversation, { finish: 0, listener: () => {} });
    input?.destroy();
  }
}
