import { exitCodes, explainSystemError, OpsError } from '@opsgraph/errors';
import { drained, streamTo, text, tolerateEarlyReaders } from '@opsgraph/terminal';
import { parseArguments } from '../definition/parse-arguments.ts';
import type { TaskDefinition } from '../definition/task.ts';
import { containProjectCode } from './contain-project-code.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the command line, runs the task and ends the process with its exit code. */
export async function runProgram(task: TaskDefinition, env: Env): Promise<void> {
  tolerateEarlyReaders();
  const exit = containProjectCode(task.name);
  // pnpm runs a script in its package's directory and keeps the caller's in INIT_CWD.
  const directory = env['INIT_CWD'] ?? process.cwd();
  try {
    const parsed = await parseArguments(task.options, process.argv.slice(2), directory, env);
    // asked in a way that is no word of its own, like -hx
    if (parsed.common.help) return await (await import('./show-help.ts')).showHelp(task, env);
    const { outliveTurbo } = await import('./outlive-turbo.ts');
    const apart = await outliveTurbo(task.stopWithin, env);
    if (apart !== undefined) return await leave(exit, apart);
    const { execute } = await import('./execute.ts');
    await leave(exit, await execute(task, parsed, env));
  } catch (error) {
    await leave(exit, complain(task, error));
  }
}

async function leave(exit: (code: number) => never, code: number): Promise<never> {
  await drained();
  return exit(code);
}

/** What went wrong before there was a run: no log, no record, but the same manners. */
function complain(task: TaskDefinition, failure: unknown): number {
  const error = explainSystemError(failure) ?? failure;
  const { code, message, hint, problems, exitCode } =
    error instanceof OpsError
      ? error
      : {
          code: 'BUG',
          message: (error as Error)?.stack ?? String(error),
          hint: undefined,
          problems: [],
          exitCode: exitCodes.bug,
        };
  const err = streamTo('stderr');
  if (exitCode === exitCodes.bug) err.block('  ', `✖ ${task.name}  ${message}`);
  else err.line(`✖ ${task.name}  ${message}`);
  for (const problem of problems) err.block('  · ', problem);
  if (hint !== undefined) err.line(text`  → ${hint}`);
  // The command line may be what is wrong: the wish for a document counts however it is written.
  if (process.argv.some((word) => /^--json(=|$)/.test(word))) {
    const document = { task: task.name, outcome: 'failed', exitCode, error: { code, message, hint, problems } };
    streamTo('stdout').document(document, 2);
  }
  return exitCode;
}
