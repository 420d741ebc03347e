import { PassThrough, type Readable } from 'node:stream';
import { type ChildEnvironment, CommandFailed, run } from '@opsgraph/shell';
import type { Facts, ScriptOptions } from './host.ts';
import { scriptFailed, scriptRefused } from './host-error.ts';
import { wrapScript } from './wrap-script.ts';

export interface ScriptPlace {
  host: string;
  /** What runs a shell that reads its script from standard input. */
  argv: readonly string[];
  env: ChildEnvironment;
  timeout: number;
  signal: AbortSignal | undefined;
  /** Explains a failure of the way to the host; undefined when it was not that. */
  explain?(error: CommandFailed): Error | undefined;
}

/** Exit code of a script that has said why it does not go on. */
const refused = 10;

/** Runs a script and reads its output: lines of fields separated by tabs. */
export async function runScript(place: ScriptPlace, script: string, options: ScriptOptions = {}): Promise<Facts> {
  // Open until the script has ended: its end tells the other side that we are gone.
  const input = new PassThrough();
  input.write(wrapScript(script));
  try {
    return await feedScript({ ...place, timeout: options.timeout ?? place.timeout }, input);
  } finally {
    input.end();
  }
}

/** The same for a command line that is the script itself, and what it reads. */
export async function feedScript(place: ScriptPlace, stdin: Readable): Promise<Facts> {
  const { host, argv, env, timeout, signal } = place;
  try {
    const { stdout, exitCode, stderr } = await run(argv, {
      env,
      stdin,
      timeout,
      signal,
      allowedExitCodes: [0, refused],
    });
    const facts = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
    const error = facts.find(([key]) => key === 'error');
    // The system's own words say more than ours: a full disk, a read-only one.
    if (error?.[1] === 'ROOT_UNUSABLE' && stderr !== '') throw scriptFailed(host, stderr, undefined);
    if (error !== undefined) throw scriptRefused(host, error[1] ?? '', error.slice(2).join(' '));
    if (exitCode !== 0) throw scriptFailed(host, stderr, undefined);
    return facts;
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw place.explain?.(error) ?? scriptFailed(host, error.problems.join('\n'), error);
  }
}
