import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GraphResult } from '../src/run/print-result.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

// Real turbo, real pnpm, real tasks; nothing of a database.
vi.setConfig({ testTimeout: 60_000 });

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

const documentOf = (stdout: string): GraphResult => JSON.parse(stdout) as GraphResult;

describe('the other commands', () => {
  it('list has every task with domain, effect, summary and command', async () => {
    const { code, stdout } = await workspace.run(['list', 'alpha', '--json']);
    const tasks = JSON.parse(stdout) as { task: string }[];
    expect([code, tasks.length]).toEqual([0, 15]);
    expect(tasks.find(({ task }) => task === 'alpha:remove')).toEqual({
      task: 'alpha:remove',
      domain: 'alpha',
      script: 'remove',
      effect: 'destroy',
      summary: 'Does what the tests of ops run need',
      command: 'pnpm --filter alpha run remove',
    });
    expect(await workspace.run(['list', 'alhpa'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('did you mean alpha?'),
    });
  });

  it('alone it shows the commands and every task; --version says which Opsgraph this is', async () => {
    const alone = await workspace.run([]);
    expect(alone).toMatchObject({ code: 0, stdout: expect.stringMatching(/pnpm ops run .*alpha\n.* change +write/s) });
    expect(await workspace.run(['--version'], { OPS_ROOT: '/nowhere' })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^opsgraph \d+\.\d+\.\d+\n$/),
    });
  });

  it('show prints the log of a run, its problems and its end', async () => {
    const { stdout } = await workspace.run(['run', 'break', '--only', '--json']);
    const { run } = documentOf(stdout).tasks.find(({ name }) => name === 'alpha:break')!;
    const shown = await workspace.run(['show', run!.slice(-8)]);
    expect(shown.code).toBe(0);
    for (const part of ['alpha:break  local', '· line 9', '→ correct things.json', 'failed after', 'exit 65', run!])
      expect(shown.stdout).toContain(part);
    expect(await workspace.run(['show', 'nonesuch'])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('pnpm ops history'),
    });
  });

  it('show prints what a check has found', async () => {
    const { stdout } = await workspace.run(['run', 'find', '--only', '--json']);
    const { run } = documentOf(stdout).tasks.find(({ name }) => name === 'alpha:find')!;
    expect(await workspace.run(['show', run!])).toMatchObject({
      stdout: expect.stringMatching(/ended: findings\n +3 and 9 are missing\n/),
    });
  });

  it('helps without a project, and says so when there is no such command', async () => {
    expect(await workspace.run(['--help'], { OPS_ROOT: '/nowhere' })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ops history'),
    });
    expect(await workspace.run(['run', '--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--confirm ENVIRONMENT'),
    });
  });
});
