import { spawnSync } from 'node:child_process';
import { projectRoot } from '@opsgraph/config';
import { toolPath, turbo } from '@opsgraph/toolchain/turbo';
import { expect, it } from 'vitest';

interface DryTask {
  taskId: string;
  command: string;
  environmentVariables: { passthrough: string[] | null };
}
interface DryRun {
  tasks: DryTask[];
  globalCacheInputs: { environmentVariables: { passthrough: string[] | null } };
}

const secrets = ['DATABASE_URL', 'DATABASE_ADMIN_URL', 'DATABASE_OWNER_PASSWORD', 'SSH_AUTH_SOCK'];

/** turbo says `NAME=hash` of what it would hand over. */
const namesIn = (passed: string[] | null): string[] => (passed ?? []).map((text) => text.split('=')[0]!);

it('turbo hands secrets to the tasks that read the configuration: not to the checks, the tests and the release', () => {
  const env = {
    HOME: process.env['HOME'],
    PATH: toolPath(process.env['PATH']),
    OPS_ENV: 'staging',
    ...Object.fromEntries(secrets.map((name) => [name, 'postgres://secret'])),
  };
  const words = [
    'run',
    'deploy:production',
    'seed',
    'doctor',
    'check',
    '//#typecheck',
    '//#lint',
    'test',
    '--dry=json',
  ];
  const { stdout } = spawnSync(turbo(), words, { cwd: projectRoot(), env, encoding: 'utf8', maxBuffer: 1e8 });
  const { tasks, globalCacheInputs } = JSON.parse(stdout) as DryRun;
  expect(namesIn(globalCacheInputs.environmentVariables.passthrough)).toEqual(['OPS_ENV']);

  const handed = new Map(
    tasks
      .filter(({ command }) => command !== '<NONEXISTENT>')
      .map(({ taskId, environmentVariables }) => [taskId, namesIn(environmentVariables.passthrough).sort()]),
  );
  const acting = [...handed].filter(([, names]) => names.length > 0).map(([id]) => id);
  expect(acting.sort()).toEqual([
    'db#seed',
    ...['backup-gate', 'deploy', 'preflight', 'rollout', 'verify'].map((step) => `deployment#${step}:production`),
    ...['migration#migrate', 'migration#migrate:production', 'setup#doctor', 'setup#setup'],
  ]);
  for (const id of acting) expect(handed.get(id), id).toEqual([...secrets].sort());
  for (const id of ['deployment#release', '@opsgraph/config#test', '//#typecheck', 'setup#check'])
    expect(handed.get(id), id).toEqual([]);
});
