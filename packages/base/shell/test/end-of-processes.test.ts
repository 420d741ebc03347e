import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from '../src/index.ts';

const index = JSON.stringify(new URL('../src/index.ts', import.meta.url).href);

/** Processes whose command line holds `word`, this one not counted. */
function alive(word: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
      } catch {
        return false;
      }
    });
}

/** A duration nobody else sleeps, to find the process by. */
const unique = (): string => `60.${process.pid}${Math.random().toString().slice(2, 8)}`;

async function took(work: Promise<unknown>): Promise<{ ms: number; error: unknown }> {
  const start = performance.now();
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return { ms: performance.now() - start, error };
}

const stubborn = {
  'ends at TERM': (time: string) => `sleep ${time}`,
  'ignores TERM': (time: string) => `trap '' TERM INT HUP; while :; do sleep ${time}; done`,
  'forked children that ignore TERM': (time: string) =>
    `trap '' TERM; (sleep ${time}; sleep ${time}) & (sleep ${time}) & wait`,
  'has a grandchild in a session of its own that holds the pipe': (time: string) =>
    `setsid sh -c "trap '' TERM; sleep ${time}; :" & sleep ${time}`,
  'lost a double-forked daemon': (time: string) =>
    `(setsid sh -c "sleep ${time} & exec sleep ${time}" &) ; sleep ${time}`,
  'exits 0 when told to stop': (time: string) => `trap 'exit 0' TERM; while :; do sleep ${time} & wait; done`,
};

describe.each(Object.entries(stubborn))('a command that %s', (_name, script) => {
  it('is a timeout (124) at its limit, and nothing of it is left', async () => {
    const time = unique();
    const { ms, error } = await took(run(['sh', '-c', script(time)], { timeout: 250, grace: 300 }));
    expect(error).toMatchObject({ code: 'COMMAND_TIMEOUT', exitCode: 124 });
    expect(alive(time)).toEqual([]);
    expect(ms).toBeLessThan(3000);
  });

  it('ends when the task is interrupted, with the reason, and nothing of it is left', async () => {
    const time = unique();
    const interrupt = new AbortController();
    const reason = new Error('interrupted');
    const running = took(run(['sh', '-c', `${script(time)}`], { signal: interrupt.signal, grace: 300 }));
    await expect.poll(() => alive(time).length).toBeGreaterThan(0);
    interrupt.abort(reason);
    const { ms, error } = await running;
    expect(error).toBe(reason);
    expect(alive(time)).toEqual([]);
    expect(ms).toBeLessThan(3000);
  });
});

describe('a command that has ended', () => {
  it('leaves no background process of its group behind', async () => {
    const time = unique();
    await expect(run(['sh', '-c', `trap '' TERM; sleep ${time} & echo done`], { grace: 200 })).resolves.toMatchObject({
      stdout: 'done\n',
    });
    expect(alive(time)).toEqual([]);
  });

  it('may leave a daemon that made its own session, which does not hold the result though it holds the pipe', async () => {
    const time = unique();
    const { ms } = await took(
      run([
        'sh',
        '-c',
        `setsid sleep ${time} & while [ "$(cut -d " " -f 6 /proc/$!/stat)" != $! ]; do :; done; echo started`,
      ]),
    );
    expect(ms).toBeLessThan(1500);
    const daemons = alive(time);
    expect(daemons).toHaveLength(1);
    for (const pid of daemons) process.kill(pid, 'SIGKILL');
  });

  it('is not started at all when the task was interrupted before', async () => {
    await expect(run(['sh', '-c', 'exit 3'], { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    );
  });
});

it('goes with a task that exits in the middle', async () => {
  const time = unique();
  const script = `
    const { run } = await import(${index});
    void run(['sh', '-c', "trap '' TERM; echo on >&2; sleep ${time}; :"], { passOn: { stderr: process.stdout } });
    process.stdin.once('data', () => process.exit(3));`;
  const task = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(task, 'exit');
  await once(task.stdout, 'data');
  task.stdin.write('now');
  expect((await exit)[0]).toBe(3);
  await expect.poll(() => alive(`sleep\0${time}`)).toEqual([]);
});

describe('a command that leaves a daemon on purpose', () => {
  // As ssh -f: the daemon is in the command's group for a moment, and makes its session later.
  const leaving = (time: string) => [
    'sh',
    '-c',
    `(sleep 0.3; exec setsid sleep ${time}) >/dev/null 2>&1 & exit "$1"`,
    'sh',
  ];

  it('keeps it, though it has not made its session yet', async () => {
    const time = unique();
    await run([...leaving(time), '0'], { leavesDaemon: () => true });
    await new Promise((resolve) => setTimeout(resolve, 600));
    const [daemon] = alive(`sleep${String.fromCharCode(0)}${time}`);
    expect(daemon).toBeGreaterThan(0);
    process.kill(daemon!);
  });

  it('has none when it fails', async () => {
    const time = unique();
    await run([...leaving(time), '1'], { leavesDaemon: () => true }).catch(() => {});
    expect(alive(time)).toEqual([]);
  });
});
