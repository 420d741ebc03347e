import { OpsError } from '@opsgraph/errors';
import { mask } from '@opsgraph/secrets';
import { command } from '@opsgraph/terminal';

const shownLines = 12;

/** A child process ended in a way its caller does not allow. Its own exit code is kept. */
export class CommandFailed extends OpsError {
  readonly program: string;
  /** The child's exit code; 128 + the signal's number when a signal ended it. */
  readonly childExitCode: number;
  readonly childSignal: NodeJS.Signals | undefined;

  constructor(fields: { program: string; exitCode: number; signal: NodeJS.Signals | undefined; stderr: string }) {
    const how =
      fields.signal === undefined ? `ended with exit code ${fields.exitCode}` : `was ended by ${fields.signal}`;
    super({
      code: 'COMMAND_FAILED',
      exit: 'remote',
      message: `${mask(fields.program)} ${how}`,
      hint: fields.stderr.trim() === '' ? 'it printed nothing; run it by hand to see more' : 'its last output is above',
      problems: lastLines(fields.stderr),
    });
    this.program = fields.program;
    this.childExitCode = fields.exitCode;
    this.childSignal = fields.signal;
  }
}

export function commandNotFound(program: string, cause: unknown): OpsError {
  return new OpsError({
    code: 'COMMAND_NOT_FOUND',
    exit: 'configuration',
    message: `the program ${program} is not installed, or not in PATH`,
    hint: program.includes('/')
      ? `check that it is there: ${command`ls -l ${program}`}`
      : `install it, then check: ${command`command -v ${program}`}`,
    cause,
  });
}

export function commandNotStarted(program: string, cause: unknown): OpsError {
  return new OpsError({
    code: 'COMMAND_NOT_STARTED',
    exit: 'remote',
    message: `the program ${program} could not be started: ${cause instanceof Error ? mask(cause.message) : 'unknown reason'}`,
    hint: 'check that the file may be executed, and that the interpreter in its first line is installed',
    cause,
  });
}

export function workingDirectoryMissing(program: string, cwd: string): OpsError {
  return new OpsError({
    code: 'DIRECTORY_MISSING',
    exit: 'configuration',
    message: `${program} should run in ${cwd}, which is not a directory`,
    hint: `check it: ${command`ls -ld ${cwd}`}`,
  });
}

export function commandTimedOut(program: string, timeout: number, stderr: string): OpsError {
  return new OpsError({
    code: 'COMMAND_TIMEOUT',
    exit: 'timeout',
    message: `${mask(program)} was ended after ${timeout < 1000 ? `${timeout} ms` : `${Math.round(timeout / 100) / 10} s`}, its time limit`,
    hint: 'find out what it waits for, or give it more time',
    problems: lastLines(stderr),
  });
}

/** Of what a child said, the end; secrets masked before the text is cut. */
function lastLines(text: string): string[] {
  return mask(text)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-shownLines);
}
