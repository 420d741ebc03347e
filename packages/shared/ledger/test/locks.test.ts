import { expect, it } from 'vitest';
import { lockKeys, ownLocks, runLock } from '../src/locks.ts';

it('no two locks are one', () => {
  // Those of this project's domains, and of those that are to come.
  const domains = [
    'setup',
    'migration',
    'db',
    'users',
    'deployment',
    'maintenance',
    'backup',
    'monitoring',
    'schedules',
  ];
  const keys = [...[...domains, ...ownLocks].map(runLock), ...Object.values(lockKeys)].map((key) => key.join(' '));
  expect(new Set(keys).size).toBe(keys.length);
});

it('a lock has the numbers that programs before this one take', () => {
  expect([runLock('db'), runLock('deployment'), lockKeys.ledger]).toEqual([
    [1869640551, -470500312],
    [1869640551, -351119938],
    [1869640551, 0],
  ]);
});
