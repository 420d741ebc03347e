import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quotePosix, run } from '../src/index.ts';
import { hostileStrings } from '../testing/hostile-strings.ts';

const candidates = [
  ['dash', '/bin/dash', []],
  ['bash', '/bin/bash', ['--norc']],
  ['bash as sh', '/bin/bash', ['--posix']],
  ['busybox sh', '/bin/busybox', ['sh']],
  ['sh', '/bin/sh', []],
] as const;
const shells: { name: string; argv: string[] }[] = [];
for (const [name, path, options] of candidates) {
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  )
    shells.push({ name, argv: [path, ...options, '-s'] });
}

describe('quotePosix', () => {
  it.each(shells)('is read by $name as the same 10,000 hostile strings, and nothing is executed', async ({ argv }) => {
    const canary = join(tmpdir(), `opsgraph-executed-${process.pid}`);
    const words = hostileStrings(10_000, canary);
    const lines: string[] = [];
    // not the builtin: what a program gets is what counts
    for (let at = 0; at < words.length; at += 500)
      lines.push(quotePosix(['/usr/bin/printf', '%s\\0', ...words.slice(at, at + 500)]));
    const { stdout } = await run(argv, { stdin: lines.join('\n'), timeout: 15_000 });
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
    expect(existsSync(canary)).toBe(false);
  });

  it.each(shells)('gives a program behind $name exactly its argv, also through two shells', async ({ argv }) => {
    const words = ['', ' ', '-n', '--', "'", "a'; id -u #", '$(id)', 'two\nlines', '\\', '🙂', 'a=b'];
    const line = quotePosix([
      process.execPath,
      '-e',
      'process.stdout.write(JSON.stringify(process.argv.slice(1)))',
      '--',
      ...words,
    ]);
    const { stdout } = await run(argv, { stdin: quotePosix(['/bin/sh', '-c', line]), timeout: 15_000 });
    expect(JSON.parse(stdout)).toEqual(words);
  });

  it('keeps keywords and assignments from being anything but a program name', async () => {
    for (const word of ['if', '!', '{', 'a=b', 'do', 'while']) {
      await expect(run(['/bin/sh', '-c', quotePosix([word])], { timeout: 5000 })).rejects.toMatchObject({
        childExitCode: 127,
      });
    }
  });

  it('leaves harmless words readable', () => {
    expect(quotePosix(['/usr/bin/pg_dump', '--jobs=2', 'a b', "it's"])).toBe(
      `/usr/bin/pg_dump --jobs=2 'a b' 'it'\\''s'`,
    );
  });

  it('refuses what no argv can hold, all at once, without showing it', () => {
    const bad = () => quotePosix(['ls', 'secret\0', '\ud800']);
    expect(bad).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        exitCode: 65,
        problems: ['argument 1 has a NUL byte', 'argument 2 has half of a surrogate pair'],
      }),
    );
    expect(() => quotePosix([])).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
    expect(() => quotePosix([''])).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
  });
});
