import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository, writeFiles } from './project.ts';

/** Turbo's name of a task, and those it waits for. */
export interface EmptyTask {
  id: `${string}#${string}`;
  after?: string;
  isCached?: boolean;
}

/** A workspace with these tasks, each `node -e 0`: what a graph costs by itself. */
export async function writeEmptyGraph(root: string, tasks: readonly EmptyTask[]): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const scripts = new Map<string, Record<string, string>>();
  for (const { id } of tasks) {
    const [name = '', script = ''] = id.split('#');
    scripts.set(name, { ...scripts.get(name), [script]: 'node -e 0' });
  }
  const members = [...scripts.keys()].sort();
  await writeFiles(root, {
    'package.json': JSON.stringify({ name: 'nothing', private: true, packageManager }),
    'pnpm-workspace.yaml': 'packages:\n  - "*"\n',
    'pnpm-lock.yaml': `lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n${members.map((name) => `\n  ${name}: {}\n`).join('')}`,
    'turbo.json': JSON.stringify({
      tasks: Object.fromEntries(
        tasks.map(({ id, after, isCached = false }) => [
          id,
          { ...(isCached ? {} : { cache: false }), ...(after !== undefined && { dependsOn: after.split(' ') }) },
        ]),
      ),
    }),
    ...Object.fromEntries(
      [...scripts].map(([name, own]) => [
        `${name}/package.json`,
        JSON.stringify({ name, private: true, scripts: own }),
      ]),
    ),
  });
}
