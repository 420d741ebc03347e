import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { followProcess } from '@opsgraph/testing/follow-process';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GraphResult } from '../src/run/print-result.ts';
import { childOf, createWorkspace, type Workspace } from './workspace.ts';

// Real turbo, real pnpm, real tasks; nothing of a database.
// Each starts dozens of processes, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 60_000 });

let workspace: Workspace;
beforeAll(() => {
  workspace = createWorkspace();
});
afterAll(() => workspace.remove());

const documentOf = (stdout: string): GraphResult => JSON.parse(stdout) as GraphResult;
const told = (stdout: string): string[] =>
  documentOf(stdout).tasks.map(({ name, state, message }) => `${name} ${state}: ${message}`);
const recordedBy = (stdout: string) => workspace.audit().filter(({ parent }) => parent === documentOf(stdout).run);

describe('a graph that is interrupted', () => {
  const expected = (why: string, name = why) => [
    `alpha:slow interrupted: ${why}`,
    'alpha:beyond skipped: because of alpha:slow',
    `pure#wait interrupted: ${name}`,
  ];
  const begin = async () => {
    const run = workspace.start(['run', 'beyond', 'wait', '--json']);
    await Promise.all([run.shows('slow is at work'), run.shows('waiting')]);
    return run;
  };

  it('by a signal to ops: tasks roll back, the rest is skipped, and the code is not the 0 of turbo', async () => {
    // Side by side, as two people in one checkout: each run knows its own tasks.
    const signals = [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const;
    const ended = signals.map(async ([signal, code]) => {
      const run = await begin();
      run.child.kill(signal);
      const end = await run.ended;
      expect([end.code, told(end.stdout)]).toEqual([
        code,
        expected('interrupted by SIGINT', `interrupted by ${signal}`),
      ]);
      expect(end.stderr).toContain('slow rolls back');
      expect(recordedBy(end.stdout)).toMatchObject([{ event: 'intent' }, { event: 'outcome', outcome: 'interrupted' }]);
    });
    await Promise.all(ended);
  });

  it('by somebody who interrupts turbo itself', async () => {
    const run = await begin();
    process.kill(childOf(run.child.pid!), 'SIGINT');
    const { code, stdout } = await run.ended;
    expect([code, told(stdout)]).toEqual([130, expected('interrupted by SIGINT', 'turbo was interrupted')]);
  });

  it('by the death of turbo: the task notices, and its record is waited for', async () => {
    const run = await begin();
    process.kill(childOf(run.child.pid!), 'SIGKILL');
    const { code, stdout } = await run.ended;
    const [slow, beyond, wait] = told(stdout);
    expect([code, slow, beyond]).toEqual([
      137,
      'alpha:slow interrupted: the caller (pnpm or turbo) disappeared',
      'alpha:beyond skipped: because of alpha:slow',
    ]);
    expect(wait).toContain('turbo was killed by SIGKILL');
  });

  it('in a task that needs longer to stop than turbo gives its tasks', async () => {
    const before = workspace.audit().length;
    const runs = [workspace.start(['run', 'last-copy']), workspace.startTurbo(['last-copy'])];
    for (const run of runs) {
      await run.shows('a file is being copied');
      run.child.kill('SIGINT');
    }
    for (const { stdout, stderr } of await Promise.all(runs.map(({ ended }) => ended)))
      expect(stdout + stderr).toContain('the file is whole');
    const ends = workspace
      .audit()
      .slice(before)
      .filter((line) => line.event === 'outcome');
    expect(ends.map(({ outcome, exitCode }) => [outcome, exitCode])).toEqual([
      ['interrupted', 130],
      ['interrupted', 130],
    ]);
  });

  it('by the death of ops: nobody would say how it ended, so the task stops', async () => {
    const ops = join(import.meta.dirname, '..', 'ops.mjs');
    const before = workspace.audit().length;
    const run = followProcess(
      spawn(process.execPath, [ops, 'run', 'beyond'], { cwd: workspace.root, env: workspace.env, stdio: 'pipe' }),
    );
    await run.shows('slow is at work');
    run.child.kill('SIGKILL');
    const since = () =>
      workspace
        .audit()
        .slice(before)
        .map((line) => `${line.task} ${line.event === 'outcome' ? line.outcome : 'begins'}`);
    await expect.poll(since).toContain('alpha:slow interrupted');
    expect(since().filter((line) => line.startsWith('alpha:beyond'))).toEqual([]);
  });

  it('by Ctrl-C twice on a terminal: turbo gets one signal, so the task can finish its way back', async () => {
    const command = [process.execPath, ...workspace.command(['run', 'beyond'])].map((word) => `'${word}'`).join(' ');
    const run = followProcess(
      spawn('script', ['-qec', command, '/dev/null'], {
        cwd: workspace.root,
        env: workspace.env,
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    );
    await run.shows('slow is at work');
    run.child.stdin!.write('\u0003');
    await run.shows('tasks stop where it is safe');
    run.child.stdin!.write('\u0003');
    const { code, stdout } = await run.ended;
    expect([code, stdout.match(/slow rolls back/g)]).toEqual([130, ['slow rolls back']]);
    expect(stdout).toMatch(/interrupted by SIGINT.*1 interrupted, 1 skipped/);
    expect(workspace.audit().at(-1)).toMatchObject({ task: 'alpha:slow', outcome: 'interrupted', exitCode: 130 });
  });
});
