import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '@opsgraph/config';
import { toolPath, turbo } from '@opsgraph/toolchain/turbo';
import { describe, expect, it } from 'vitest';
import { readPlan } from '../src/run/read-plan.ts';

const root = projectRoot();
const directories = ['.', 'packages', 'packages/core/kit/src', 'tasks', 'tasks/db/test', 'config', 'docs/decisions'];

describe.each(directories)('in %s', (directory) => {
  it.each([
    ['seed', ['setup:setup', 'migration:migrate', 'db:seed']],
    ['setup', ['setup:setup']],
  ])('turbo run %s plans the same', (task, planned) => {
    const { stdout, stderr } = run(turbo(), ['run', task, '--dry=json'], directory);
    expect(
      readPlan(stdout, 'local').map(({ name }) => name),
      stderr,
    ).toEqual(planned);
  });

  it('pnpm finds ops', () => {
    const { stdout } = run('pnpm', ['--silent', 'ops', 'list', 'db'], directory);
    expect(stdout).toMatch(/^db\n {2}diff /);
  });
});

function run(program: string, args: string[], directory: string): { stdout: string; stderr: string } {
  // As if typed there: no INIT_CWD, no npm_* of the test's own script.
  const env = { HOME: process.env['HOME'], PATH: toolPath(process.env['PATH']) };
  return spawnSync(program, args, { cwd: join(root, directory), env, encoding: 'utf8' });
}
