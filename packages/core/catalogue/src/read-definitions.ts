import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import type { TaskDefinition } from '@opsgraph/kit';
import { domainNames } from './domains.ts';
import { loadDefinition } from './load-definition.ts';

/** A task by its file: tasks/<domain>/<task>.ts. */
export interface DefinedTask {
  domain: string;
  task: string;
  definition: TaskDefinition;
}

/**
 * The definition of every task, from the files of tasks/<domain>/ that define one.
 *
 * @throws OpsError TASK_NOT_LOADED (78) with every file that cannot be loaded, or is not named as its task
 */
export async function readDefinitions(root: string): Promise<DefinedTask[]> {
  const found: DefinedTask[] = [];
  const broken: { task: string; problem: string }[] = [];
  for (const domain of domainNames(root)) {
    for (const task of taskFiles(join(root, 'tasks', domain))) {
      const { definition, problem } = await loadDefinition(
        join(root, 'tasks', domain, `${task}.ts`),
        `${domain}:${task}`,
      );
      if (definition === undefined) broken.push({ task: `${domain}:${task}`, problem: problem! });
      else found.push({ domain, task, definition });
    }
  }
  if (broken.length === 0) return found;
  throw new OpsError({
    code: 'TASK_NOT_LOADED',
    exit: 'configuration',
    message: 'the generated files need the definition of every task',
    problems: [...Map.groupBy(broken, ({ problem }) => problem)].map(
      ([problem, [first, ...others]]) =>
        `${first!.task}${others.length === 0 ? '' : ` and ${others.length} more`}: ${problem}`,
    ),
    hint: 'correct these files, then: pnpm generate',
  });
}

/** A file beside them that defines no task (shared options, the application) is not imported. */
function taskFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && readFileSync(join(folder, file), 'utf8').includes('defineTask('))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}
