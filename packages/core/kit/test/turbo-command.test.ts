import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { readProcess, readPs, turboCommand } from '../src/guard/turbo-command.ts';

/** A process tree that stands for: turbo → pnpm → a shell, and how it is read on Linux and elsewhere. */
const tree = new Map([
  [40, { parent: 30, words: ['sh', '-c', 'task setup.ts'] }],
  [30, { parent: 20, words: ['node', '/opt/pnpm/bin/pnpm.cjs', 'run', 'setup'] }],
  [20, { parent: 10, words: ['/a b/turbo/bin/turbo', 'run', 'db#seed', '--ui=stream', '--', '--env', 'staging'] }],
  [10, { parent: 1, words: ['node', '/a b/.bin/turbo', 'run', 'test'] }],
]);

describe('the turbo above a task: its tasks, and what it hands to them alone', () => {
  it('is the nearest one', () => {
    const expected = { tasks: ['db#seed'], handedOn: ['--env', 'staging'], isOnly: false };
    expect(turboCommand(40, (pid) => tree.get(pid))).toEqual(expected);
    const asPs = (pid: number) => {
      const line = tree.get(pid);
      return line && { ...line, words: line.words.join(' ').split(' ') };
    };
    expect(turboCommand(40, asPs)).toEqual(expected);
  });

  it('is none where no turbo is', () => {
    expect(turboCommand(30, (pid) => (pid === 20 ? undefined : tree.get(pid)))).toBeUndefined();
  });

  it('is read the same way by ps as from /proc', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)', 'one', '--two=3'], { stdio: 'ignore' });
    await once(child, 'spawn');
    try {
      const line = readPs(child.pid!);
      expect(line?.parent).toBe(process.pid);
      expect(line?.words.slice(-2)).toEqual(['one', '--two=3']);
      expect(readProcess(child.pid!)?.parent).toBe(process.pid);
      expect(readPs(2 ** 22 + 1)).toBeUndefined();
    } finally {
      child.kill();
    }
  });
});
