import { drained, openStream, tolerateEarlyReaders } from '@opsgraph/terminal/stream';
import { verbatim } from '@opsgraph/terminal/text';
import { renderHelp } from '../definition/help.ts';
import type { TaskDefinition } from '../definition/task.ts';

/** Asked for help, a person gets help, whatever else is wrong with the command line. */
export async function showHelp(task: TaskDefinition, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  tolerateEarlyReaders();
  const out = await openStream('stdout', env);
  out.line(verbatim(renderHelp(task, out.hasColours)));
  await drained();
  process.exit(0);
}
