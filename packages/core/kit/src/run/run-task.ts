import { realpathSync } from 'node:fs';
import type { OptionSpecs } from '@opsgraph/command-line';
import type { Section } from '@opsgraph/config';
import type { Needs } from '../definition/needs.ts';
import type { TaskDefinition } from '../definition/task.ts';

/**
 * The one impure edge: reads the command line, runs the task, ends the
 * process with its exit code. Does nothing in a file that is not the program
 * itself, so that definitions can be imported (help, README, tests).
 */
export async function runTask<Options extends OptionSpecs, Need extends Needs, Sections extends Section>(
  definition: TaskDefinition<Options, Need, Sections>,
  meta: ImportMeta,
): Promise<void> {
  if (!isProgram(meta)) return;
  const task = definition as unknown as TaskDefinition;
  // Each of the two loads what it needs: help answers in about the time that Node takes to start.
  if (process.argv.slice(2).some((word) => word === '--help' || /^-[qv]*h[qvh]*$/.test(word)))
    return (await import('./show-help.ts')).showHelp(task, process.env);
  await (await import('./run-program.ts')).runProgram(task, process.env);
}

function isProgram(meta: ImportMeta): boolean {
  const started = process.argv[1];
  return started !== undefined && meta.filename === realpathSync(started);
}
