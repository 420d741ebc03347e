import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '@opsgraph/shell';
import { expect, it } from 'vitest';
import { readCommit } from '../src/artifact/read-commit.ts';
import { temporaryDirectory, writeFiles } from './temporary.ts';

it('names the commit whatever its branches, tags and files are called', async () => {
  await using at = await temporaryDirectory();
  const git = (...args: string[]) =>
    run(['git', '-C', at.path, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args]);
  await git('init', '-q');
  await git('symbolic-ref', 'HEAD', 'refs/heads/$(touch$IFS.executed);`touch$IFS.executed`');
  await git('commit', '-q', '--allow-empty', '-m', 'the first, which all other names mean');
  for (const name of ['heads/-x', 'heads/HEAD', 'tags/HEAD', 'tags/--verify', 'tags/--output=executed', 'tags/$(id)'])
    await git('update-ref', `refs/${name}`, 'HEAD');
  await writeFiles(at.path, { 'old name': 'moved' });
  await git('add', '.');
  await git('commit', '-q', '-m', 'the second, which is checked out');
  const files = ['$(touch executed)', '-x', 'new\nline', '-> other', 'ä "quoted"'];
  await writeFiles(at.path, Object.fromEntries(files.map((name) => [name, ''])));
  await git('mv', 'old name', 'new name');

  const { commit, changed } = await readCommit(at.path, AbortSignal.timeout(10_000));
  const [head] = (await git('log', '-1', '--format=%H')).stdout.split('\n');
  expect(commit).toBe(head);
  expect([...changed].sort()).toEqual([...files, 'old name', 'new name'].sort());
  expect(existsSync(join(at.path, '.executed'))).toBe(false);
});
