import { join } from 'node:path';
import type { TaskDefinition } from '@opsgraph/kit';
import { domains, readScripts, startedTask } from './domains.ts';
import { loadDefinition } from './load-definition.ts';

export interface CatalogueEntry {
  domain: string;
  /** The script's name in the domain's package.json, and turbo's. */
  script: string;
  /** The environment a script is bound to (`deploy:staging` is `task deploy.ts --env staging`); undefined: any. */
  environment: string | undefined;
  file: string;
  /** undefined when its file cannot be loaded, or exports no definition of that name: then `problem` says which. */
  definition: TaskDefinition | undefined;
  /** One line, for people. */
  problem: string | undefined;
}

/**
 * Every script of tasks/*\/package.json that starts a task, with its definition.
 * Importing a task runs nothing. A file that cannot be loaded is the problem of
 * its own entries: the other tasks are as they were.
 *
 * @param isWanted by `domain:task`; the files of others are not loaded
 */
export async function readCatalogue(
  root: string,
  isWanted: (task: string) => boolean = () => true,
): Promise<CatalogueEntry[]> {
  const entries: CatalogueEntry[] = [];
  for (const domain of domains(root)) {
    for (const [script, command] of Object.entries(readScripts(root, domain))) {
      const started = startedTask(script, command);
      if (started === undefined || !isWanted(`${domain}:${started.task}`)) continue;
      const file = join(root, 'tasks', domain, started.file);
      const found = await loadDefinition(file, `${domain}:${started.task}`);
      entries.push({ domain, script, environment: started.environment, file, ...found });
    }
  }
  return entries;
}

/** How a task is started: alone, or with turbo when its first example says so (`deploy` is nothing without the steps before it). */
export function commandOf({
  domain,
  script,
  definition,
}: Pick<CatalogueEntry, 'domain' | 'script' | 'definition'>): string {
  const isOfGraph = definition?.examples[0].command.startsWith('pnpm turbo run ');
  return isOfGraph ? `pnpm turbo run ${script}` : `pnpm --filter ${domain} run ${script}`;
}
