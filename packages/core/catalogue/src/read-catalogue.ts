import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TaskDefinition } from '@opsgraph/kit';
import { domains as order } from '@opsgraph/ledger/locks';

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
      const found = await findDefinition(file, `${domain}:${started.task}`);
      entries.push({ domain, script, environment: started.environment, file, ...found });
    }
  }
  return entries;
}

/**
 * What a script starts: `deploy:staging` as `task deploy.ts --env staging` is
 * the task deploy, bound to staging; `words` stand behind the file. undefined: it starts no task.
 */
export function startedTask(
  script: string,
  command: string,
): { file: string; task: string; environment: string | undefined; words: readonly string[] } | undefined {
  const [program, file, ...words] = command.split(' ');
  const [option, value] = words;
  if (program !== 'task' || file === undefined) return undefined;
  const environment = option === '--env' ? value : undefined;
  const isNamedAfterIt = environment !== undefined && script.endsWith(`:${environment}`);
  return { file, task: isNamedAfterIt ? script.slice(0, -environment.length - 1) : script, environment, words };
}

/** How a task is started: alone, or with turbo when its first example says so (`deploy` is nothing without the steps before it). */
export function commandOf({ domain, script, definition }: CatalogueEntry): string {
  const isOfGraph = definition?.examples[0].command.startsWith('pnpm turbo run ');
  return isOfGraph ? `pnpm turbo run ${script}` : `pnpm --filter ${domain} run ${script}`;
}

/** The packages in tasks/, in the order in which a new database meets them, then any others. */
export function domains(root: string): string[] {
  const found = readdirSync(join(root, 'tasks'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return found.map(({ name }) => name).sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

export function readScripts(root: string, domain: string): Record<string, string> {
  const { scripts = {} } = JSON.parse(readFileSync(join(root, 'tasks', domain, 'package.json'), 'utf8'));
  return scripts;
}

async function findDefinition(file: string, name: string): Promise<Pick<CatalogueEntry, 'definition' | 'problem'>> {
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { definition: undefined, problem: `its file cannot be loaded: ${reason.split('\n', 1)[0]}` };
  }
  const definition = Object.values(module).find(
    (value): value is TaskDefinition => isDefinition(value) && value.name === name,
  );
  return { definition, problem: definition ? undefined : 'its file exports no definition of that name' };
}

function isDefinition(value: unknown): value is TaskDefinition {
  return typeof value === 'object' && value !== null && 'name' in value && 'effect' in value && 'run' in value;
}

function place(domain: string): number {
  const index = (order as readonly string[]).indexOf(domain);
  return index === -1 ? order.length : index;
}
