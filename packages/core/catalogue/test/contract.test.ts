import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentNames, hasApplication, loadApplication, projectRoot } from '@opsgraph/config';
import { environmentVariables, secretVariables } from '@opsgraph/config/reference';
import { readsConfiguration } from '@opsgraph/kit/sees-environment';
import { describe, expect, it } from 'vitest';
import { domains, readCatalogue, readScripts } from '../src/index.ts';

const root = projectRoot();
const catalogue = await readCatalogue(root);
const rootTurbo = readJson('turbo.json');
const scriptsByPackage = new Map(
  workspaceFiles('package.json').map((file) => {
    const { name, scripts = {} } = readJson(file);
    return [name as string, scripts as Record<string, string>];
  }),
);

/** Scripts that pnpm takes for commands of its own when `run` is left out. */
const reserved = [
  'deploy',
  'rebuild',
  'clean',
  'prune',
  'audit',
  'import',
  'config',
  'list',
  'add',
  'remove',
  'update',
];

describe.each(catalogue.map((entry) => [`${entry.domain}:${entry.script}`, entry] as const))('%s', (name, entry) => {
  it('exports its definition under its own name', () => {
    expect(entry.problem).toBeUndefined();
    expect(entry.definition && scriptOf(entry)).toBe(name);
  });

  it('teaches: a summary of one line, an example that is itself', () => {
    const { summary = '', examples } = entry.definition!;
    expect(summary).toMatch(/^[A-Z][^\n]{10,90}[^.\s]$/);
    expect(
      examples!.some(
        ({ command }) => command.includes(entry.definition!.name.split(':')[1]!) && /pnpm|turbo/.test(command),
      ),
    ).toBe(true);
  });

  it('describes every option', () => {
    for (const [option, spec] of Object.entries(entry.definition!.options)) {
      expect(option).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(spec.description.length, option).toBeGreaterThan(8);
    }
  });

  it('is in turbo.json of its domain, and is never cached by content', () => {
    // Also not the release: a cache hit would deploy the old code when a file is missing among its inputs.
    expect(turboEntry(entry)).toMatchObject({ cache: false, dependsOn: expect.any(Array) });
  });

  it('gets the variables with secrets from turbo when it reads the configuration, and not otherwise', () => {
    const { passThroughEnv = [] } = turboEntry(entry);
    if (readsConfiguration(entry.definition!))
      expect(passThroughEnv).toEqual(expect.arrayContaining(secretVariables(root)));
    else expect(passThroughEnv).toEqual([]);
  });

  it('says what it writes when it is an effect, and reads nothing that nobody writes', () => {
    const { effect, graph = {} } = entry.definition!;
    if (effect !== 'read') expect(graph.writes).toEqual([expect.any(String), ...graph.writes!.slice(1)]);
    const written = catalogue.flatMap(({ definition }) => definition!.graph?.writes ?? []);
    for (const resource of graph.reads ?? []) expect(written, resource).toContain(resource);
  });

  it('is bound to an environment that exists, or to none', () => {
    if (entry.environment !== undefined) expect(environmentNames(root)).toContain(entry.environment);
  });

  it('has a name that pnpm does not take for a command of its own', () => {
    expect(reserved).not.toContain(entry.script);
  });
});

describe('the graph', () => {
  it('has a status of every environment wherever it has one of any', () => {
    const bound = (domain: string) =>
      catalogue
        .filter((entry) => entry.domain === domain && entry.definition?.name === `${domain}:status`)
        .flatMap(({ environment }) => environment ?? []);
    const others = environmentNames(root).filter((name) => name !== 'local');
    for (const domain of domains(root)) if (bound(domain).length > 0) expect(bound(domain).sort()).toEqual(others);
    const showing = domains(root).filter((domain) => bound(domain).length > 0);
    expect(showing).toEqual(expect.arrayContaining(['migration', 'db', 'deployment']));
  });

  it('has its domains in the order in which a new database meets them', () => {
    const order = ['setup', 'migration', 'db', 'users', 'deployment'];
    expect(domains(root).filter((domain) => order.includes(domain))).toEqual(order);
  });

  it('names no task that does not exist', () => {
    for (const domain of domains(root)) {
      const { tasks } = readJson('tasks', domain, 'turbo.json');
      for (const [task, { dependsOn = [] }] of Object.entries<{ dependsOn?: string[] }>(tasks)) {
        expect(readScripts(root, domain), `${domain}#${task}`).toHaveProperty(task);
        for (const dependency of dependsOn)
          expect(exists(dependency, domain), `${domain}#${task} → ${dependency}`).toBe(true);
      }
    }
  });

  it('goes from setup over migrate to seed', () => {
    expect(readJson('tasks', 'db', 'turbo.json').tasks.seed.dependsOn).toContain('migration#migrate');
    expect(readJson('tasks', 'migration', 'turbo.json').tasks.migrate.dependsOn).toContain('setup#setup');
  });

  it('says the environment of a script in its name and --env, never in a variable that its dependencies would not see', () => {
    for (const domain of domains(root))
      for (const [script, command] of Object.entries(readScripts(root, domain)))
        expect(command, `${domain}:${script}`).not.toMatch(/OPS_ENV/);
  });

  it('makes what is bound to an environment depend on nothing that acts on another', () => {
    const entryOf = new Map(catalogue.map((entry) => [`${entry.domain}#${entry.script}`, entry]));
    for (const [id, { domain, script, environment }] of entryOf) {
      const { dependsOn = [] } = readJson('tasks', domain, 'turbo.json').tasks[script] as { dependsOn?: string[] };
      for (const dependency of dependsOn) {
        const other = entryOf.get(dependency.includes('#') ? dependency : `${domain}#${dependency}`);
        const { effect, needs } = other?.definition ?? { effect: 'read', needs: 'nothing' };
        if (effect === 'read' && needs === 'nothing') continue;
        expect(other?.environment, `${id} → ${dependency}`).toBe(environment);
      }
    }
  });

  it('checks before a release what the application names, and nothing else', async () => {
    const checks = hasApplication(root) ? (await loadApplication(root)).checks : [];
    expect(readJson('tasks', 'deployment', 'turbo.json').tasks.release.dependsOn).toEqual(checks);
  });

  it('caches nothing by a list of inputs that somebody would have to extend', () => {
    for (const file of ['turbo.json', ...workspaceFiles('turbo.json')]) {
      for (const [task, { inputs }] of Object.entries<{ inputs?: string[] }>(readJson(file).tasks ?? {}))
        expect(inputs, `${file}: ${task}`).toBeUndefined();
    }
  });

  it('lets every other variable through that a task reads, and no secret', () => {
    const secret = secretVariables(root);
    const open = environmentVariables(root).filter((name) => !secret.includes(name));
    expect(rootTurbo.globalPassThroughEnv).toEqual(expect.arrayContaining(open));
    expect(rootTurbo.globalPassThroughEnv.filter((name: string) => secret.includes(name))).toEqual([]);
  });

  it('has a definition for each task file, and a task file for each definition', () => {
    const scripted = new Set(catalogue.map(({ file }) => file));
    for (const domain of domains(root)) {
      for (const command of Object.values(readScripts(root, domain))) {
        const [program, file = ''] = command.split(' ');
        if (program === 'task') expect(scripted).toContain(join(root, 'tasks', domain, file));
      }
    }
    for (const file of scripted) expect(existsSync(file), file).toBe(true);
  });
});

/** `deployment:rollback:staging`: the definition's name, and the environment that the script is bound to. */
function scriptOf({ definition, environment }: (typeof catalogue)[number]): string {
  return [definition!.name, ...(environment === undefined ? [] : [environment])].join(':');
}

function turboEntry({ domain, script }: (typeof catalogue)[number]) {
  return readJson('tasks', domain, 'turbo.json').tasks[script];
}

function exists(dependency: string, domain: string): boolean {
  const [owner, task] = dependency.includes('#') ? (dependency.split('#') as [string, string]) : [domain, dependency];
  if (owner === '//') return task in readJson('package.json').scripts;
  const scripts = scriptsByPackage.get(owner);
  // A node of the graph without a script: all files of a package and of those it depends on.
  return scripts !== undefined && (task === 'transit' || task in scripts);
}

/** The file of that name of each package and domain, relative to the project. */
function workspaceFiles(name: string): string[] {
  return globSync([`packages/**/${name}`, `tasks/*/${name}`], {
    cwd: root,
    exclude: ['**/node_modules', '**/fixtures'],
  });
}

function readJson(...path: string[]) {
  return JSON.parse(readFileSync(join(root, ...path), 'utf8'));
}
