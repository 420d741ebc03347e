import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readsConfiguration } from '@opsgraph/kit/sees-environment';
import type { GeneratedFile } from './generated-file.ts';
import type { TaskScript } from './task-scripts.ts';

export interface DomainInput {
  domain: string;
  /** Those of this domain, in their order. */
  scripts: readonly TaskScript[];
  dependencies: ReadonlyMap<string, readonly string[]>;
  /** Variables that turbo hands to tasks which read the configuration, and to no others. */
  secretVariables: readonly string[];
}

/** package.json and turbo.json of a domain: the scripts that start tasks are generated, what else is there stays. */
export function domainFiles(root: string, input: DomainInput): GeneratedFile[] {
  const folder = join('tasks', input.domain);
  const read = <Content>(file: string): Content =>
    JSON.parse(readFileSync(join(root, folder, file), 'utf8')) as Content;
  const present = read<PackageFile>('package.json');
  return [
    { path: join(folder, 'package.json'), content: packageJson(present, input) },
    { path: join(folder, 'turbo.json'), content: turboJson(read('turbo.json'), present.scripts ?? {}, input) },
  ];
}

interface PackageFile {
  scripts?: Record<string, string>;
}

function packageJson(present: PackageFile, { scripts }: DomainInput): string {
  const others = Object.entries(present.scripts ?? {}).filter(([, command]) => !startsTask(command));
  const generated = scripts.map(({ script, command }) => [script, command] as const);
  return `${JSON.stringify({ ...present, scripts: Object.fromEntries([...generated, ...others]) }, undefined, 2)}\n`;
}

function startsTask(command: string): boolean {
  return command.startsWith('task ');
}

interface TurboFile {
  extends: string[];
  tags: string[];
  tasks?: Record<string, { dependsOn?: string[]; [field: string]: unknown }>;
}

/** One line for each task. An effect is never cached by content. */
function turboJson(
  { extends: from, tags, tasks = {} }: TurboFile,
  presentScripts: Record<string, string>,
  { domain, scripts, dependencies, secretVariables }: DomainInput,
): string {
  const entries = new Map<string, object>();
  for (const { script, id, definition } of scripts) {
    const dependsOn = dependencies
      .get(id)!
      .map((each) => (each.startsWith(`${domain}#`) ? each.slice(domain.length + 1) : each));
    const passThroughEnv = readsConfiguration(definition) ? { passThroughEnv: secretVariables } : {};
    entries.set(script, { cache: false, ...passThroughEnv, dependsOn });
  }
  // Neither cached nor waiting for anything by its own: an entry of a task that is gone.
  for (const [script, entry] of Object.entries(tasks)) {
    const command = presentScripts[script];
    // Of a script that starts no task; and not what is left of a task that is gone.
    const isByHand = command === undefined ? entry.dependsOn === undefined : !startsTask(command);
    if (!entries.has(script) && isByHand) entries.set(script, entry);
  }
  const lines = [...entries].map(([script, entry]) => `    ${JSON.stringify(script)}: ${inline(entry)}`);
  const head = `{\n  "extends": ${inline(from)},\n  "tags": ${inline(tags)},\n`;
  return `${head}  "tasks": {\n${lines.join(',\n')}\n  }\n}\n`;
}

/** As the formatter writes what fits on a line. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${inline(each)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
