import { expect, it } from 'vitest';
import { diffLines } from '../src/diff-lines.ts';

it('shows a changed line between three lines of context', async () => {
  const before = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);
  const after = before.with(5, 'changed');
  expect(await diffLines(before.join('\n'), after.join('\n'))).toEqual([
    '@@ -3,7 +3,7 @@',
    ' line 3',
    ' line 4',
    ' line 5',
    '-line 6',
    '+changed',
    ' line 7',
    ' line 8',
    ' line 9',
  ]);
});

it('shows nothing when nothing changed', async () => {
  expect(await diffLines('a\nb', 'a\nb')).toEqual([]);
});

it('copes with a large text that has nothing in common', async () => {
  const text = (word: string): string => Array.from({ length: 3000 }, (_, index) => `${word} ${index}`).join('\n');
  const lines = await diffLines(text('old'), text('new'));
  expect(lines.filter((line) => line.startsWith('-'))).toHaveLength(3000);
  expect(lines.filter((line) => line.startsWith('+'))).toHaveLength(3000);
});

it('shows that only the end of the last line differs, as diff -u does', async () => {
  expect(await diffLines('a', 'a\n')).toEqual(['@@ -1,1 +1,1 @@', '-a', '\\ No newline at end of file', '+a']);
});
