import { expect, it } from 'vitest';
import { lockKeys, lockNames, requireLockName, runLock } from '../src/locks.ts';

it('no two locks are one', () => {
  const keys = [...lockNames.map(runLock), ...Object.values(lockKeys)].map((key) => key.join(' '));
  expect(new Set(keys).size).toBe(keys.length);
});

it('a lock has the numbers that programs before this one take', () => {
  expect([runLock('db'), runLock('deployment'), lockKeys.ledger]).toEqual([
    [1869640551, -470500312],
    [1869640551, -351119938],
    [1869640551, 0],
  ]);
});

it('a name that has no lock is a mistake of the program', () => {
  expect(requireLockName('backfill')).toBe('backfill');
  expect(() => requireLockName('backfil')).toThrow('no lock has the name backfil');
});
