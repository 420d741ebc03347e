import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { followProcess } from '@opsgraph/testing/follow-process';
import type { Project } from './project.ts';

export type Runner = 'stock' | 'ours';

export interface Ran {
  /** How many migrations are applied now. */
  applied: number;
  /** Why it went no further. */
  failure: string | null;
}

type Ended = { ran: Ran } | { died: string };

/** Runs stock knex or us in a process of its own until `until` migrations are applied; without it, to the end at once. */
export async function run(
  who: Runner,
  project: Project,
  url: string,
  verb: 'up' | 'down',
  until?: number,
): Promise<Ran> {
  if (who === 'ours') {
    // Not in the project's directory: a task is started elsewhere.
    const argv = [join(import.meta.dirname, 'ours.ts')];
    const ended = await runNode(argv, project, url, import.meta.dirname, { settings: project.settings, verb, until });
    if ('ran' in ended) return ended.ran;
    throw new Error(`we died:\n${ended.died}`);
  }
  const ended = await runStock(project, url, until === undefined ? 'latest' : verb, until);
  if ('ran' in ended) return ended.ran;
  // A promise that a migration leaves to nobody is the end of knex's process, and its lock stays. As somebody would:
  const unlocked = await runStock(project, url, 'unlock');
  if ('ran' in unlocked) return { ...unlocked.ran, failure: `died: ${/^.*error: .*$/im.exec(ended.died)?.[0]}` };
  throw new Error(`stock knex died:\n${unlocked.died}`);
}

function runStock(project: Project, url: string, verb: string, until?: number): Promise<Ended> {
  const argv = [
    ...project.imports.flatMap((name) => ['--import', fromHome(project, name)]),
    join(import.meta.dirname, 'stock.mjs'),
  ];
  const { knexModule } = project.settings;
  return runNode(argv, project, url, project.home, { config: stockConfig(project), knexModule, verb, until });
}

function stockConfig({ settings }: Project): Record<string, unknown> {
  const { directories, projectRoot: _root, knexModule: _module, ...rest } = settings;
  return { ...rest, directory: directories };
}

function fromHome(project: Project, name: string): string {
  return name.startsWith('data:')
    ? name
    : pathToFileURL(createRequire(join(project.home, 'package.json')).resolve(name)).href;
}

async function runNode(argv: string[], project: Project, url: string, cwd: string, input: object): Promise<Ended> {
  const child = spawn(process.execPath, ['--no-warnings', ...argv, url, JSON.stringify(input)], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...project.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code, stdout, stderr } = await followProcess(child).ended;
  if (code !== 0) return { died: `${stdout}\n${stderr}` };
  return { ran: JSON.parse(stdout.trim().split('\n').at(-1)!) as Ran };
}
