import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { probe, useProbed } from './probed.ts';

const probed = useProbed();

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', (signal, expected) => {
  it('rolls back, frees the lock, records it and leaves no backend', async () => {
    const task = probed.project.start(probe, ['--do', 'wait']);
    await task.shows('waiting');
    const sent = performance.now();
    task.child.kill(signal);
    const { code, stderr } = await task.ended;
    expect(code).toBe(expected);
    expect(performance.now() - sent).toBeLessThan(8000);
    expect(stderr).toContain('interrupted');
    expect(await probed.rows()).toEqual([]);
    await expect.poll(probed.backends).toEqual([]);
    expect(await probed.runs()).toMatchObject([{ outcome: 'interrupted', exit_code: expected }]);
    expect(await probed.project.run(probe, ['--do', 'insert', '--lock-wait', '1s'])).toMatchObject({ code: 0 });
  });
});

describe('an interrupted task', () => {
  it('takes its child processes with it, though they ignore TERM', async () => {
    const task = probed.project.start(probe, ['--do', 'child']);
    await task.shows('waiting');
    task.child.kill('SIGINT');
    expect(await task.ended).toMatchObject({ code: 130 });
    expect(sleepers()).toEqual([]);
  });

  it('ends as interrupted whatever the signal makes its work throw', async () => {
    const task = probed.project.start(probe, ['--do', 'angry']);
    await task.shows('waiting');
    task.child.kill('SIGINT');
    expect(await task.ended).toMatchObject({ code: 130 });
    expect(await probed.runs()).toMatchObject([{ outcome: 'interrupted', exit_code: 130 }]);
  });

  it('ends within its deadline even when the work does not listen', async () => {
    const task = probed.project.start(probe, ['--do', 'deaf']);
    await task.shows('waiting');
    const sent = performance.now();
    task.child.kill('SIGTERM');
    expect(await task.ended).toMatchObject({ code: 143 });
    expect(performance.now() - sent).toBeLessThan(8000);
    await expect.poll(probed.backends).toEqual([]);
  });

  // pnpm 10 leaves the task behind, which notices; pnpm 12 takes it along, and it can say nothing.
  it('leaves nothing when pnpm is killed above it, and the next run at the latest records that', async () => {
    const task = probed.project.startUnderPnpm(probe, ['--do', 'wait']);
    await task.shows('waiting');
    task.child.kill('SIGKILL');
    await expect.poll(probed.backends).toEqual([]);
    expect(await probed.rows()).toEqual([]);
    expect(await probed.project.run(probe, ['--do', 'insert', '--lock-wait', '10s'])).toMatchObject({ code: 0 });
    expect(await probed.runs()).toMatchObject([{ outcome: 'interrupted' }, { outcome: 'changed' }]);
  });

  it('was killed outright: the next run finds the lock free and says what happened', async () => {
    const task = probed.project.start(probe, ['--do', 'wait']);
    await task.shows('waiting');
    task.child.kill('SIGKILL');
    await task.ended;
    expect(await probed.project.run(probe, ['--do', 'insert', '--lock-wait', '10s'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('ended without recording an outcome'),
    });
    expect(await probed.rows()).toHaveLength(1);
    expect(await probed.runs()).toMatchObject([
      { outcome: 'interrupted', error: { code: 'DIED' } },
      { outcome: 'changed' },
    ]);
  });
});

function sleepers(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('sleep\0' + '61');
      } catch {
        return false;
      }
    });
}
