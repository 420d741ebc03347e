import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { GraphResult } from '../src/run/print-result.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

// Real turbo, real pnpm, real tasks; nothing of a database.
vi.setConfig({ testTimeout: 60_000 });

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

it('hands an option of a planned task on, whose variable its definition names', async () => {
  const { code, stdout, stderr } = await workspace.run(['run', 'repeat', '--word', "it's so", '--json']);
  expect(code, stderr).toBe(0);
  const { tasks, command } = JSON.parse(stdout) as GraphResult;
  expect(tasks.find(({ name }) => name === 'alpha:repeat')).toMatchObject({ message: "said it's so" });
  expect(command).toContain('--word');
});

it('refuses one that no planned task takes, and one that no task has; starts nothing', async () => {
  const before = workspace.audit().length;
  expect(await workspace.run(['run', 'change', '--word', 'x'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('--word is an option of alpha:repeat, which is not planned'),
  });
  expect(await workspace.run(['run', 'repeat', '--wrod', 'x'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('did you mean --word?'),
  });
  expect(await workspace.run(['run', 'repeat', '--word'])).toMatchObject({ code: 64 });
  expect(workspace.audit().length).toBe(before);
});
