import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '@opsgraph/config';
import { toolPath, turbo } from '@opsgraph/toolchain/turbo';
import { describe, expect, it, vi } from 'vitest';
import { readPlan } from '../src/run/read-plan.ts';

// Real turbo and pnpm, two starts a test.
vi.setConfig({ testTimeout: 60_000 });

const root = projectRoot();
const directories = ['.', 'packages', 'packages/core/kit/src', 'tasks', 'tasks/db/test', 'config', 'docs/decisions'];
const seeding = ['setup:setup', 'migration:migrate', 'db:seed'];

describe.each(directories)('in %s', (directory) => {
  it('turbo run db#seed, with its domain, plans the same', () => {
    expect(planned('db#seed', directory)).toEqual(seeding);
  });

  it('ops run seed plans the same', () => {
    const { stdout, stderr } = run('pnpm', ['--silent', 'ops', 'run', 'seed', '--dry-run', '--json'], directory);
    expect(
      (JSON.parse(stdout) as { tasks: { task: string }[] }).tasks.map(({ task }) => task),
      stderr,
    ).toEqual(seeding);
  });
});

// turbo takes a bare name for the package of the directory, and for all packages only where its tasks are below:
// docs/decisions/a-bare-name-means-the-package.md
describe.each([
  ['.', 'seed', seeding],
  ['tasks', 'seed', seeding],
  ['tasks/db', 'seed', seeding],
  ['tasks/db/test', 'status', ['db:status']],
  ['.', 'status', ['db:status', 'migration:status']],
  ['.', 'status:staging', ['db:status:staging', 'deployment:status:staging', 'migration:status:staging']],
])('in %s', (directory, task, expected) => {
  it(`turbo run ${task} plans what is meant`, () => {
    expect(planned(task, directory)).toEqual(expected);
  });
});

it('ops runs from a link, from another directory, for a caller that has no Node and no HOME', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ops-link-'));
  try {
    const link = join(directory, 'ops');
    symlinkSync(join(root, 'node_modules', '.bin', 'ops'), link);
    // A Node that is too old comes first in cron's PATH on some machines.
    writeFileSync(join(directory, 'node'), '#!/bin/sh\nexit 9\n', { mode: 0o755 });
    const env = { PATH: `${directory}:/usr/bin:/bin` };
    const { stdout, stderr, status } = spawnSync(link, ['run', 'seed', '--dry-run', '--json'], {
      ...{ cwd: '/', env, encoding: 'utf8' },
    });
    expect(status, stderr).toBe(0);
    expect((JSON.parse(stdout) as { tasks: { task: string }[] }).tasks.map(({ task }) => task)).toEqual(seeding);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('turbo run deploy:staging plans the same in the root and in its domain', () => {
  const deployment = planned('deploy:staging', '.');
  expect(deployment).toContain('setup:setup:staging');
  expect(deployment.at(-1)).toBe('deployment:deploy:staging');
  expect(planned('deploy:staging', 'tasks/deployment')).toEqual(deployment);
});

function planned(task: string, directory: string): string[] {
  const { stdout, stderr } = run(turbo(), ['run', task, '--dry=json'], directory);
  expect(stdout, stderr).not.toBe('');
  return readPlan(stdout, 'local').map(({ name }) => name);
}

function run(program: string, args: string[], directory: string): { stdout: string; stderr: string } {
  // As if typed there: no INIT_CWD, no npm_* of the test's own script.
  const env = { HOME: process.env['HOME'], PATH: toolPath(process.env['PATH']) };
  return spawnSync(program, args, { cwd: join(root, directory), env, encoding: 'utf8' });
}
