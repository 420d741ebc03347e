import { configurationReference, environmentExample } from '@opsgraph/config/reference';
import { OpsError } from '@opsgraph/errors';
import { deploymentTurbo } from './deployment-turbo.ts';
import { errorReference } from './error-reference.ts';
import type { GeneratedFile } from './generated-file.ts';
import { type CatalogueEntry, readCatalogue } from './read-catalogue.ts';
import { rootTurbo } from './root-turbo.ts';
import { taskReference } from './task-reference.ts';

/** Everything in the repository that is made from definitions, as it ought to be now. */
export async function generatedFiles(root: string): Promise<GeneratedFile[]> {
  const catalogue = await readCatalogue(root);
  requireDefinitions(catalogue);
  return [
    { path: 'docs/tasks.md', content: taskReference(catalogue) },
    { path: 'docs/configuration.md', content: configurationReference() },
    { path: 'docs/errors.md', content: errorReference(root) },
    { path: 'config/.env.example', content: environmentExample() },
    { path: 'turbo.json', content: rootTurbo(root, catalogue) },
    ...(await deploymentTurbo(root)),
  ];
}

/** A table without a task that could not be read would be a wrong one. */
function requireDefinitions(catalogue: readonly CatalogueEntry[]): void {
  const broken = catalogue.filter(({ problem }) => problem !== undefined);
  if (broken.length === 0) return;
  throw new OpsError({
    code: 'TASK_NOT_LOADED',
    exit: 'configuration',
    message: 'the generated files need the definition of every task',
    problems: [...Map.groupBy(broken, ({ problem }) => problem)].map(
      ([problem, [first, ...others]]) =>
        `${first!.domain}:${first!.script}${others.length === 0 ? '' : ` and ${others.length} more`}: ${problem}`,
    ),
    hint: 'correct these files, then: pnpm generate',
  });
}
