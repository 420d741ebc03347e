import { camelCase } from '../require-name.ts';
import type { NewFile } from '../write-new.ts';
import { taskTest } from './task.ts';

/** Every file of a new domain that somebody may edit; what is generated from them comes afterwards. */
export function domainTemplate(name: string): NewFile[] {
  const tasks = `tasks/${name}`;
  const service = `packages/services/${name}/${name}`;
  return [
    { path: `${tasks}/package.json`, content: json(taskPackage(name)), isKeptByOthers: true },
    { path: `${tasks}/turbo.json`, content: turboJson('task'), isKeptByOthers: true },
    { path: `${tasks}/status.ts`, content: statusTask(name) },
    { path: `${tasks}/test/status.pg.test.ts`, content: taskTest('status') },
    { path: `${service}/package.json`, content: json(servicePackage(name)), isKeptByOthers: true },
    { path: `${service}/turbo.json`, content: turboJson('service'), isKeptByOthers: true },
    { path: `${service}/src/read-status.ts`, content: readStatus(name) },
    { path: `packages/core/config/src/sections/${name}.ts`, content: section(name) },
  ];
}

function taskPackage(name: string): object {
  return {
    ...{ name, private: true, type: 'module', scripts: { 'test:postgres': 'run-tests postgres' } },
    dependencies: { [`@opsgraph/${name}`]: 'workspace:*', '@opsgraph/kit': 'workspace:*' },
  };
}

function servicePackage(name: string): object {
  return {
    ...{ name: `@opsgraph/${name}`, private: true, type: 'module' },
    exports: { './read-status': './src/read-status.ts' },
    dependencies: { '@opsgraph/ledger': 'workspace:*', '@opsgraph/postgres': 'workspace:*' },
  };
}

function turboJson(tag: string): string {
  return `{\n  "extends": ["//"],\n  "tags": ["${tag}"]\n}\n`;
}

function statusTask(name: string): string {
  return `import { defineTask, runTask } from '@opsgraph/kit';

export const status = defineTask({
  name: '${name}:status',
  summary: 'Show what the tasks of ${name} did lately, and how the latest ended',
  effect: 'read',
  needs: 'database',
  sections: ['${camelCase(name)}'],
  graph: { environments: ['chosen', 'each'] },
  options: {},
  examples: [{ command: 'pnpm --filter ${name} run status', says: 'ends with 1 when the latest did not succeed' }],
  async run({ session, config }) {
    const { readStatus } = await import('@opsgraph/${name}/read-status');
    const { runs, latest, isWell } = await readStatus(session, config.${camelCase(name)});
    const summary = latest === undefined ? 'nothing was run lately' : \`\${latest.task} ended as \${latest.outcome}\`;
    return { summary, changes: [], data: { runs, latest }, findings: !isWell };
  },
});

await runTask(status, import.meta);
`;
}

function readStatus(name: string): string {
  return `import { type RecordedRun, recentRuns } from '@opsgraph/ledger';
import type { Session } from '@opsgraph/postgres';

export interface Status {
  /** How many there were in that time. */
  runs: number;
  latest: RecordedRun | undefined;
  isWell: boolean;
}

/**
 * What the tasks of this domain did, as the ledger of the target has it.
 *
 * @param settings.recent milliseconds to look back
 */
export async function readStatus(session: Session, { recent }: { recent: number }): Promise<Status> {
  const runs = await recentRuns(session, 1000, new Date(Date.now() - recent));
  const own = runs.filter(({ task }) => task.startsWith('${name}:') && task !== '${name}:status');
  const [latest] = own;
  return { runs: own.length, latest, isWell: latest === undefined || latest.exitCode === 0 };
}
`;
}

function section(name: string): string {
  return `import { duration, group } from '../declare/declare.ts';

export const ${camelCase(name)} = group('What the tasks of ${name} go by', {
  recent: duration({ description: 'How far back status looks', default: '7d' }),
});
`;
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
