import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { GraphResult } from '../src/run/print-result.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

// Real turbo, real pnpm, real tasks; nothing of a database.
vi.setConfig({ testTimeout: 60_000 });

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
  const domain = join(workspace.root, 'tasks', 'broken');
  mkdirSync(domain);
  symlinkSync(join('..', 'alpha', 'node_modules'), join(domain, 'node_modules'));
  writeFileSync(
    join(domain, 'package.json'),
    JSON.stringify({ name: 'broken', private: true, type: 'module', scripts: { promote: 'task promote.ts' } }),
  );
  writeFileSync(join(domain, 'turbo.json'), JSON.stringify({ extends: ['//'], tasks: { promote: { cache: false } } }));
  writeFileSync(join(domain, 'promote.ts'), 'export const promote = {\n');
});
afterAll(() => workspace.remove());

it('a task file that cannot be loaded leaves the other tasks as they were, and is listed with its problem', async () => {
  const list = await workspace.run(['list']);
  expect(list).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/change +write .*promote +\? +its file cannot/s),
  });
  const json = JSON.parse((await workspace.run(['list', 'broken', '--json'])).stdout) as { problem: string }[];
  expect(json).toMatchObject([{ task: 'broken:promote', problem: expect.stringContaining('cannot be loaded') }]);
  const plan = await workspace.run(['run', 'alpha:change', '--dry-run']);
  expect(plan).toMatchObject({ code: 0, stdout: expect.stringMatching(/alpha:change +write/) });
  expect(await workspace.run(['run', 'remove', '--env', 'other'])).toMatchObject({
    code: 77,
    stderr: expect.stringContaining('was not confirmed'),
  });
  expect(await workspace.run(['run', 'alpha:change'])).toMatchObject({ code: 0 });
});

it('running a task file that cannot be loaded fails, and says which file', async () => {
  const { code, stdout, stderr } = await workspace.run(['run', 'broken:promote', '--json']);
  expect(code).toBe(70);
  const { tasks } = JSON.parse(stdout) as GraphResult;
  expect(tasks).toMatchObject([{ name: 'broken:promote', state: 'failed', exitCode: 70 }]);
  expect(stderr).toContain('promote.ts cannot be loaded');
});
