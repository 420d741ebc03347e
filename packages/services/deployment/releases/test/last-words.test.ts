import { expect, it } from 'vitest';
import { theEssence } from '../src/rollout/last-words.ts';

const frames = (count: number): string[] => Array.from({ length: count }, (_, index) => `    at step (file:${index})`);

it('shows what went wrong, not where it went through', () => {
  const stack = ['Error: listen EADDRINUSE', ...frames(20), '  code: EADDRINUSE', '', 'Node.js v24'];
  expect(theEssence(stack)).toEqual(['Error: listen EADDRINUSE', '  code: EADDRINUSE', 'Node.js v24']);
});

it('keeps the line that tells of the error when much was said after it', () => {
  const said = ['starting', 'Error: no such table', ...Array.from({ length: 30 }, (_, index) => `closing ${index}`)];
  expect(theEssence(said).slice(0, 3)).toEqual(['Error: no such table', '…', 'closing 18']);
  expect(theEssence(said)).toHaveLength(14);
});
