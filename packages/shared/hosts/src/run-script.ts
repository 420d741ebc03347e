import type { Readable } from 'node:stream';
import { type ChildEnvironment, CommandFailed } from '@opsgraph/shell';
import type { Facts, ScriptOptions } from './host.ts';
import { type Refusals, scriptFailed, scriptRefused } from './host-error.ts';
import { lastingShell, type Said } from './lasting-shell.ts';

export interface ScriptPlace {
  host: string;
  /** What runs a shell that reads its scripts from standard input; asked each time that one begins. */
  command(): readonly string[] | Promise<readonly string[]>;
  env: ChildEnvironment;
  timeout: number;
  refusals?: Refusals;
  signal: AbortSignal | undefined;
  /** Explains a failure of the way to the host; undefined when it was not that. */
  explain?(error: CommandFailed): Error | undefined;
}

/** Runs scripts in one place, and reads what they print: lines of fields separated by tabs. */
export interface ScriptRunner {
  run(script: string, options?: ScriptOptions): Promise<Facts>;
  /** A script that says `ready`, and then reads this. */
  feed(script: string, input: Readable): Promise<Facts>;
  /** Begins the shell before there is a script for it. */
  open(): void;
  /**
   * Begins the shell, and waits until it answers.
   *
   * @throws CommandFailed as it is
   */
  reach(timeout: number): Promise<void>;
  leave(): Promise<void>;
}

/** Exit code of a script that has said why it does not continue. */
const refused = 10;

export function scriptRunner(place: ScriptPlace): ScriptRunner {
  const { host, timeout, refusals = {} } = place;
  const shell = lastingShell(place, [refused]);
  return {
    run: (script, options) => answered(shell.run(script, options?.timeout ?? timeout, options?.finish)),
    feed: (script, input) => answered(shell.feed(script, timeout, input)),
    open: shell.open,
    reach: shell.reach,
    leave: shell.leave,
  };

  async function answered(said: Promise<Said>): Promise<Facts> {
    try {
      const { stdout, stderr } = await said;
      const facts = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t'));
      const error = facts.find(([key]) => key === 'error');
      // The system's own words say more than ours: a full disk, a read-only one.
      if (error?.[1] === 'ROOT_UNUSABLE' && stderr !== '') throw scriptFailed(host, stderr, { refusals });
      if (error !== undefined) throw scriptRefused(host, error[1] ?? '', { text: error.slice(2).join(' '), refusals });
      return facts;
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      throw place.explain?.(error) ?? scriptFailed(host, error.problems.join('\n'), { refusals, cause: error });
    }
  }
}
