import { expect, it } from 'vitest';
import { modesAmong } from '../src/artifact/modes-among.ts';
import { linkProblems } from '../src/artifact/resolve-links.ts';

it('follows links by way of links, and names those that lead nowhere, out of it or in a circle', () => {
  const problemsOf = (links: Record<string, string>): string[] =>
    linkProblems(
      Object.entries(links).map(([path, target]) => ({ path, target })),
      ['lib/site.py', 'bin/python3'],
    ).map((problem) => problem.split(':')[0]!);
  expect(problemsOf({ lib64: 'lib', 'bin/site': '../lib64/site.py', 'bin/python': 'python3', all: '.' })).toEqual([]);
  expect(problemsOf({ gone: 'nowhere', 'bin/out': '../../etc', a: 'b', b: 'a' })).toEqual([
    'gone',
    'bin/out',
    'a',
    'b',
  ]);
  // stays inside as it is written, and not when the first link is followed
  expect(problemsOf({ 'deep/down/up': '..', 'bin/sly': '../deep/down/up/../../../x' })).toContain('bin/sly');
});

it('takes private for private only where others are not: else the umask of a checkout would make another release', () => {
  const modes = (...all: number[]): string[] =>
    all.map((mode) => modesAmong(all.map((one) => ({ mode: one })))({ mode }));
  expect(modes(0o644, 0o600, 0o640, 0o755, 0o700, 0o444)).toEqual(['644', '600', '640', '755', '700', '444']);
  expect(modes(0o664, 0o775, 0o600)).toEqual(['644', '755', '600']);
  expect(modes(0o600, 0o700)).toEqual(['644', '755']);
  expect(modes(0o640, 0o750, 0o600)).toEqual(['644', '755', '600']);
});
