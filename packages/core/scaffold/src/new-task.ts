import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentNames } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';
import { generate } from './bring-up-to-date.ts';
import { requireName, scriptNames } from './require-name.ts';
import { type TaskTemplate, taskFile, taskTest } from './templates/task.ts';
import { type Scaffolded, type ScaffoldInput, writeNew } from './write-new.ts';

/**
 * A task of a domain with its test; `pnpm generate` gives it script and place in the graph.
 *
 * @throws OpsError NAME_INVALID, DOMAIN_UNKNOWN (64), SCAFFOLD_EXISTS (77), COMMAND_FAILED (76)
 */
export async function newTask(
  input: ScaffoldInput,
  { domain, name, effect }: { domain: string; name: string; effect: TaskTemplate['effect'] },
): Promise<Scaffolded> {
  const folder = join('tasks', domain);
  if (!/^[a-z]/.test(domain) || !existsSync(join(input.root, folder, 'package.json'))) {
    throw new OpsError({
      code: 'DOMAIN_UNKNOWN',
      exit: 'usage',
      message: `there is no domain ${JSON.stringify(domain)}`,
      hint: `pnpm ops list shows them; make one with pnpm ops new domain NAME`,
    });
  }
  const ofEnvironments = environmentNames(input.root).map((each) => [each, 'an environment has this name'] as const);
  requireName('task', name, new Map([...scriptNames(), ...ofEnvironments]));
  const { written } = writeNew(input, [
    { path: join(folder, `${name}.ts`), content: taskFile({ domain, name, effect }) },
    { path: join(folder, 'test', `${name}.pg.test.ts`), content: taskTest(name) },
  ]);
  if (!input.dryRun) await generate(input);
  return { written };
}
