import { exitCodes } from '@opsgraph/errors';
import { relayed, streamTo, takeOverWrites, text } from '@opsgraph/terminal';

/**
 * Keeps code of the project that runs inside a task (definitions, generators)
 * from passing for the task: what it prints is talk, since stdout is for the
 * result; and when it ends the process, or waits for what never
 * comes, the task has failed.
 *
 * @returns the way to end the process that counts
 */
export function containProjectCode(task: string): (code: number) => never {
  const err = streamTo('stderr');
  const relay = (line: string): void => err.line(text`  │ ${relayed(line)}`);
  const talk = (...words: unknown[]): void => {
    // Loaded only here: an import of node:util evaluates all it exports.
    const { format } = process.getBuiltinModule('node:util');
    for (const line of format(...words).split('\n')) relay(line);
  };
  Object.assign(console, { log: talk, info: talk, debug: talk, warn: talk, error: talk });
  takeOverWrites(relay);
  const cutShort = (): void => {
    err.line(
      text`✖ ${task}  the process ended before the task did: project code called process.exit, or awaited something that never settles`,
    );
    process.exitCode = exitCodes.bug;
  };
  process.on('exit', cutShort);
  return (code) => {
    process.off('exit', cutShort);
    process.exit(code);
  };
}
