import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { type LastingShell, lastingShell } from '../src/lasting-shell.ts';

const shells = [['dash'], ['bash'], ['busybox', 'sh']].filter(([program]) =>
  ['/bin', '/usr/bin'].some((directory) => existsSync(`${directory}/${program}`)),
);
const second = 1000;

describe.each(shells)('a shell that stays (%s)', (...argv) => {
  const open: LastingShell[] = [];
  const begin = (): LastingShell => {
    const shell = lastingShell(
      { command: () => [...argv, '-s'], env: { PATH: '/usr/bin:/bin' }, signal: undefined },
      [10],
    );
    open.push(shell);
    return shell;
  };
  afterEach(async () => {
    for (const shell of open.splice(0)) await shell.leave();
  });
  const pid = async (shell: LastingShell): Promise<string> => (await shell.run('echo $$', 9 * second)).stdout;

  it('runs scripts one after the other, which see nothing of each other', async () => {
    const shell = begin();
    const first = await pid(shell);
    const said = await Promise.all([
      shell.run('a=1; cd /; exit 0', 9 * second),
      shell.run('echo "$a"; cat', 9 * second),
    ]);
    expect(said.map(({ stdout, exitCode }) => [stdout.trim(), exitCode])).toEqual([
      ['', 0],
      ['', 0],
    ]);
    expect(await pid(shell)).toBe(first);
  });

  it('ends with a script that fails, has its last words whole, and begins again', async () => {
    const shell = begin();
    const first = await pid(shell);
    expect(await shell.run('echo out; echo err >&2; exit 10', 9 * second)).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
      exitCode: 10,
    });
    await expect(shell.run('echo why >&2; exit 3', 9 * second)).rejects.toMatchObject({ problems: ['why'] });
    expect(await pid(shell)).not.toBe(first);
  });

  it('sends an input when it is wanted, and takes nothing of it for a script', async () => {
    const shell = begin();
    const bytes = Buffer.from('\necho executed\n'.repeat(20_000));
    const input = () => Readable.from([bytes], { objectMode: false });
    const read = await shell.feed(`echo ready; head -c ${bytes.length} | wc -c`, 9 * second, input());
    expect(read.stdout.trim().split(/\s+/)).toEqual(['ready', String(bytes.length)]);
    expect((await shell.feed('echo there already', 9 * second, input())).stdout.trim()).toBe('there already');
    expect(await shell.feed('echo ready; head -c 100 >/dev/null; exit 10', 9 * second, input())).toMatchObject({
      exitCode: 10,
    });
    expect((await shell.run('echo next', 9 * second)).stdout.trim()).toBe('next');
  });

  it('ends a script that takes too long, with what it started', async () => {
    const shell = begin();
    await expect(shell.run('sleep 300', 300)).rejects.toMatchObject({ code: 'COMMAND_TIMEOUT' });
    expect((await shell.run('echo next', 9 * second)).stdout.trim()).toBe('next');
  });
});
