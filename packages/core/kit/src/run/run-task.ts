import { realpathSync } from 'node:fs';
import { exitCodes, explainSystemError, OpsError } from '@opsgraph/errors';
import { drained, openStream, streamTo, text, tolerateEarlyReaders, verbatim } from '@opsgraph/terminal';
import type { OptionSpecs } from '../definition/options.ts';
import { parseArguments } from '../definition/parse-arguments.ts';
import type { Needs, TaskDefinition } from '../definition/task.ts';
import { containProjectCode } from './contain-project-code.ts';

/**
 * The one impure edge: reads the command line, runs the task, ends the
 * process with its exit code. Does nothing in a file that is not the program
 * itself, so that definitions can be imported (help, README, tests).
 */
export async function runTask<Options extends OptionSpecs, Need extends Needs>(
  definition: TaskDefinition<Options, Need>,
  meta: ImportMeta,
): Promise<void> {
  if (!isProgram(meta)) return;
  tolerateEarlyReaders();
  const task = definition as unknown as TaskDefinition;
  const exit = containProjectCode(task.name);
  // pnpm runs a script in its package's directory and keeps the caller's in INIT_CWD.
  const directory = process.env['INIT_CWD'] ?? process.cwd();
  try {
    const parsed = await parseArguments(task.options, process.argv.slice(2), directory, process.env);
    if (parsed.common.help) {
      const { renderHelp } = await import('../definition/help.ts');
      const out = await openStream('stdout', process.env);
      out.line(verbatim(renderHelp(task, out.hasColours)));
      return await leave(exit, exitCodes.ok);
    }
    const { outliveTurbo } = await import('./outlive-turbo.ts');
    const apart = await outliveTurbo(task.stopWithin, process.env);
    if (apart !== undefined) return await leave(exit, apart);
    const { execute } = await import('./execute.ts');
    await leave(exit, await execute(task, parsed, process.env));
  } catch (error) {
    await leave(exit, complain(task, error));
  }
}

async function leave(exit: (code: number) => never, code: number): Promise<never> {
  await drained();
  return exit(code);
}

function isProgram(meta: ImportMeta): boolean {
  const started = process.argv[1];
  return started !== undefined && meta.filename === realpathSync(started);
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
