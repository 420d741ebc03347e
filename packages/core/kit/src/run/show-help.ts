import { writeOwnWords } from '@opsgraph/terminal/own-words';
import { renderHelp } from '../definition/help.ts';
import type { TaskDefinition } from '../definition/task.ts';

/** Asked for help, a person gets help, whatever else is wrong with the command line. */
export async function showHelp(
  task: TaskDefinition,
  env: Readonly<Record<string, string | undefined>>,
): Promise<never> {
  await writeOwnWords((hasColours) => renderHelp(task, hasColours), env);
  process.exit(0);
}
