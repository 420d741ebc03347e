import { access } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { quotePosix, run } from '../src/index.ts';

const pieces = [
  ...'\'"\\$`!*?~#;&|<>(){}[]=%^@,:+-_. \t\n\r\u0001\u0008\u001b\u007f',
  ...[
    '$(id)',
    '`id`',
    '$HOME',
    "'; id #",
    "a'; id -u #",
    '\\\n',
    '\\\\',
    '--',
    '-n',
    '-e',
    '%s',
    '%n',
    '!!',
    '~root',
    '*',
    '/*',
    '\n\n',
    'é',
    '日本',
    '🙂',
    'e\u0301',
    '\u2028',
    '\ufeff',
    '\u00a0',
    'x',
    '0',
    'word',
  ],
];

/** The same strings in each run: a failure can be looked at again. */
function hostileStrings(count: number): string[] {
  let seed = 20_240_607;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: next(9) }, () => pieces[next(pieces.length)]).join(''),
  );
}

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
  it.each(shells)('is read by $name as the same 6000 hostile strings', async ({ argv }) => {
    const words = hostileStrings(6000);
    const lines: string[] = [];
    for (let at = 0; at < words.length; at += 50)
      lines.push(quotePosix(['printf', '%s\\0', ...words.slice(at, at + 50)]));
    const { stdout } = await run(argv, { stdin: lines.join('\n'), timeout: 15_000 });
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
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
