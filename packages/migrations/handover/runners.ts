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

/** Runs stock knex or us in a process of its own until `until` migrations are applied; without it, to the end at once. */
export function run(who: Runner, project: Project, url: string, verb: 'up' | 'down', until?: number): Promise<Ran> {
  return who === 'ours'
    ? // Not in the project's directory: a task is started elsewhere.
      runNode([join(import.meta.dirname, 'ours.ts')], project, url, import.meta.dirname, {
        settings: project.settings,
        verb,
        until,
      })
    : runNode(
        [
          ...project.imports.flatMap((name) => ['--import', fromHome(project, name)]),
          join(import.meta.dirname, 'stock.mjs'),
        ],
        project,
        url,
        project.home,
        {
          config: stockConfig(project),
          knexModule: project.settings.knexModule,
          verb: until === undefined ? 'latest' : verb,
          until,
        },
      );
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

async function runNode(argv: string[], project: Project, url: string, cwd: string, input: object): Promise<Ran> {
  const child = spawn(process.execPath, ['--no-warnings', ...argv, url, JSON.stringify(input)], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...project.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code, stdout, stderr } = await followProcess(child).ended;
  if (code !== 0) throw new Error(`${argv.at(-1)} ended with ${code}:\n${stdout}\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Ran;
}
