import { expect, it } from 'vitest';
import { Complaint } from '../src/declare/complaint.ts';
import { splitWords } from '../src/secrets/split-words.ts';

it.each([
  ['op read op://vault/item', ['op', 'read', 'op://vault/item']],
  ['  a \t b ', ['a', 'b']],
  [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
  [`a'b'"c"`, ['abc']],
  [`a '' ""`, ['a', '', '']],
  [`a '$HOME | x'`, ['a', '$HOME | x']],
  [`a "say \\"hi\\" \\n \\$"`, ['a', 'say "hi" \\n $']],
  ['a\\ b c', ['a b', 'c']],
  ['a \\| b', ['a', '|', 'b']],
])('splits %j', (line, argv) => {
  expect(splitWords(line)).toEqual(argv);
});

it.each([
  ['', 'names no program'],
  ['   ', 'names no program'],
  ["a 'b", "has a ' that is not closed"],
  ['a "b', 'has a " that is not closed'],
  ['a \\', 'ends with a backslash'],
  ['a | b', 'has | outside quotes, but runs without a shell'],
  ['a > b', 'has > outside quotes, but runs without a shell'],
  ['a; b', 'has ; outside quotes, but runs without a shell'],
  ['a $HOME', 'has $ outside quotes, but runs without a shell'],
  ['a "$HOME"', 'has $ in double quotes, but runs without a shell'],
])('refuses %j, which a shell would read differently', (line, text) => {
  expect(splitWords(line)).toMatchObject({ text });
  expect(splitWords(line)).toBeInstanceOf(Complaint);
});
