import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { orderDomains } from './task-order.ts';

/** The folders of tasks/, sorted. */
export function domainNames(root: string): string[] {
  const found = readdirSync(join(root, 'tasks'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return found.map(({ name }) => name).sort();
}

/** The same in the order in which a new database meets them, by what their turbo.json says. */
export function domains(root: string): string[] {
  const names = domainNames(root);
  const files = new Map(
    names.map((domain) => [domain, { scripts: readScripts(root, domain), tasks: readTasks(root, domain) }]),
  );
  const edges = new Map<string, string[]>();
  /** `migration:migrate` of `migration#migrate:staging`; undefined for what is no task. */
  const nameOf = (id: string): string | undefined => {
    const [domain, script] = id.split('#') as [string, string];
    const task = startedTask(script, files.get(domain)?.scripts[script] ?? '')?.task;
    return task === undefined ? undefined : `${domain}:${task}`;
  };
  for (const [domain, { scripts, tasks }] of files) {
    for (const script of Object.keys(scripts)) {
      const name = nameOf(`${domain}#${script}`);
      if (name === undefined) continue;
      const after = (tasks[script]?.dependsOn ?? []).map((id) => nameOf(id.includes('#') ? id : `${domain}#${id}`));
      edges.set(name, [...(edges.get(name) ?? []), ...after.filter((each) => each !== undefined)]);
    }
  }
  return orderDomains(names, edges);
}

/** Of its package.json. */
export function readScripts(root: string, domain: string): Record<string, string> {
  return readJson<{ scripts?: Record<string, string> }>(join(root, 'tasks', domain, 'package.json'))?.scripts ?? {};
}

/**
 * What a script starts: `deploy:staging` as `task deploy.ts --env staging` is
 * the task deploy, bound to staging; `words` come after the file. undefined: it starts no task.
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

function readTasks(root: string, domain: string): Record<string, { dependsOn?: string[] }> {
  return (
    readJson<{ tasks?: Record<string, { dependsOn?: string[] }> }>(join(root, 'tasks', domain, 'turbo.json'))?.tasks ??
    {}
  );
}

/** undefined when it is missing or broken: pnpm and turbo complain of that. */
function readJson<Content>(path: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch {
    return undefined;
  }
}
