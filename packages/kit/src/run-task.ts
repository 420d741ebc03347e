import { realpathSync } from 'node:fs';
import { exitCodes, OpsError } from '@opsgraph/errors';
import { wantsColour } from './colour.ts';
import type { OptionSpecs } from './options.ts';
import { type ParsedArguments, parseArguments } from './parse-arguments.ts';
import type { Needs, TaskDefinition } from './task.ts';

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
  // The reader of our output may leave early (`| head`); that is no failure.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const task = definition as unknown as TaskDefinition;
  // pnpm runs a script in its package's directory and keeps the caller's in INIT_CWD.
  const directory = process.env['INIT_CWD'] ?? process.cwd();
  let parsed: ParsedArguments<OptionSpecs>;
  try {
    parsed = await parseArguments(task.options, process.argv.slice(2), directory);
  } catch (error) {
    process.exit(complainOfUsage(task, error));
  }
  if (parsed.common.help) {
    const { renderHelp } = await import('./help.ts');
    process.stdout.write(renderHelp(task, wantsColour(process.stdout, process.env)));
    process.exit(exitCodes.ok);
  }
  const { execute } = await import('./execute.ts');
  process.exit(await execute(task, parsed, process.env));
}

function isProgram(meta: ImportMeta): boolean {
  const started = process.argv[1];
  return started !== undefined && meta.filename === realpathSync(started);
}

function complainOfUsage(task: TaskDefinition, error: unknown): number {
  if (!(error instanceof OpsError)) throw error;
  const lines = [
    `✖ ${task.name}  ${error.message}`,
    ...error.problems.map((problem) => `  · ${problem}`),
    `  → ${error.hint}`,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
  if (process.argv.includes('--json')) {
    const { code, message, hint, problems, exitCode } = error;
    process.stdout.write(
      `${JSON.stringify({ task: task.name, outcome: 'failed', exitCode, error: { code, message, hint, problems } }, undefined, 2)}\n`,
    );
  }
  return error.exitCode;
}
