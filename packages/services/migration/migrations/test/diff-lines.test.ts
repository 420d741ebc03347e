import { expect, it } from 'vitest';
import { diffLines } from '../src/diff-lines.ts';

it('shows a changed line between three lines of context', () => {
  const before = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);
  const after = before.with(5, 'changed');
  expect(diffLines(before.join('\n'), after.join('\n'))).toEqual([
    '@@ line 3 @@',
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

it('shows nothing when nothing changed', () => {
  expect(diffLines('a\nb', 'a\nb')).toEqual([]);
});

it('copes with a large text that has nothing in common', () => {
  const text = (word: string): string => Array.from({ length: 3000 }, (_, index) => `${word} ${index}`).join('\n');
  const lines = diffLines(text('old'), text('new'));
  expect(lines.filter((line) => line.startsWith('-'))).toHaveLength(3000);
  expect(lines.filter((line) => line.startsWith('+'))).toHaveLength(3000);
});
