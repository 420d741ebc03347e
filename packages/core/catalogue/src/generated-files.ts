import { hasApplication, loadApplication } from '@opsgraph/config';
import {
  configurationReference,
  environmentExample,
  environmentVariables,
  readEnvironments,
  secretVariables,
} from '@opsgraph/config/reference';
import { domainFiles } from './domain-files.ts';
import { errorReference } from './error-reference.ts';
import type { GeneratedFile } from './generated-file.ts';
import { optionVariables } from './option-variables.ts';
import { readDefinitions } from './read-definitions.ts';
import { rootTurbo } from './root-turbo.ts';
import { scriptDependencies } from './script-dependencies.ts';
import { orderDomains, orderTasks } from './task-order.ts';
import { taskReference } from './task-reference.ts';
import { taskScripts } from './task-scripts.ts';

/**
 * Everything in the repository that is made from definitions and config/, as it ought to be now.
 *
 * @throws OpsError TASK_NOT_LOADED, GRAPH_INVALID, CONFIG_FILE_BROKEN (78)
 */
export async function generatedFiles(root: string): Promise<GeneratedFile[]> {
  const defined = await readDefinitions(root);
  const environments = await readEnvironments(root);
  const edges = new Map(defined.map(({ definition }) => [definition.name as string, definition.graph?.after ?? []]));
  const tasks = orderTasks(defined, edges);
  const scripts = tasks.flatMap((task) => taskScripts(task, environments));
  const checks = hasApplication(root) ? (await loadApplication(root)).checks : [];
  const dependencies = scriptDependencies(scripts, checks);
  const secret = sorted([...secretVariables(root), ...environments.flatMap(({ passThrough }) => passThrough)]);
  const variables = optionVariables(defined.map(({ definition }) => definition));
  const byDomain = Map.groupBy(scripts, ({ domain }) => domain);
  const domains = orderDomains([...byDomain.keys()], edges);
  return [
    { path: 'docs/tasks.md', content: taskReference(domains.flatMap((domain) => byDomain.get(domain)!)) },
    { path: 'docs/configuration.md', content: configurationReference(variables) },
    { path: 'docs/errors.md', content: errorReference(root) },
    { path: 'config/.env.example', content: environmentExample() },
    {
      path: 'turbo.json',
      content: rootTurbo(root, [...environmentVariables(root), ...Object.keys(variables)], secret),
    },
    ...domains.flatMap((domain) =>
      domainFiles(root, { domain, scripts: byDomain.get(domain)!, dependencies, secretVariables: secret }),
    ),
  ];
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
