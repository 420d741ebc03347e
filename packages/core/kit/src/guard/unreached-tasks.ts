import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TurboCommand } from './turbo-command.ts';

interface TurboTasks {
  tasks?: Record<string, { dependsOn?: string[]; passThroughEnv?: string[] }>;
}

export interface UnreachedTask {
  /** Turbo's name: `migration#migrate`. */
  id: string;
  /** The one that its script names; undefined: it acts on OPS_ENV, or local. */
  environment: string | undefined;
}

/**
 * The tasks of a turbo run that words after `--` do not reach: those that the
 * named ones depend on, as far as they read the configuration (their turbo.json
 * hands them its variables). Empty where there is no such workspace.
 */
export function unreachedTasks({ tasks, isOnly }: TurboCommand, workspace: string): UnreachedTask[] {
  const domains = readDomains(workspace);
  const isNamed = (id: string): boolean => tasks.includes(id) || tasks.includes(id.slice(id.indexOf('#') + 1));
  const all = [...domains].flatMap(([domain, { scripts }]) =>
    Object.keys(scripts).map((script) => `${domain}#${script}`),
  );
  const found = new Set(all.filter(isNamed));
  // A set that grows while it is walked: dependencies of dependencies.
  for (const id of isOnly ? [] : found) {
    const [domain, script] = id.split('#') as [string, string];
    for (const dependency of domains.get(domain)?.tasks[script]?.dependsOn ?? [])
      found.add(dependency.includes('#') ? dependency : `${domain}#${dependency}`);
  }
  return [...found].flatMap((id) => {
    const [domain, script] = id.split('#') as [string, string];
    const { scripts, tasks: own } = domains.get(domain) ?? { scripts: {}, tasks: {} };
    const command = (scripts as Domain['scripts'])[script];
    const reads = (own as Domain['tasks'])[script]?.passThroughEnv;
    if (command === undefined || reads === undefined || isNamed(id)) return [];
    return { id, environment: / --env[ =](\S+)/.exec(command)?.[1] };
  });
}

interface Domain {
  scripts: Record<string, string>;
  tasks: NonNullable<TurboTasks['tasks']>;
}

function readDomains(workspace: string): Map<string, Domain> {
  const folder = join(workspace, 'tasks');
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return new Map();
  }
  return new Map(
    names.map((name) => {
      const { scripts = {} } = readJson<{ scripts?: Record<string, string> }>(join(folder, name, 'package.json')) ?? {};
      return [name, { scripts, tasks: readJson<TurboTasks>(join(folder, name, 'turbo.json'))?.tasks ?? {} }];
    }),
  );
}

/** undefined when it is missing or broken: turbo itself complains of that. */
function readJson<Content>(path: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch {
    return undefined;
  }
}
