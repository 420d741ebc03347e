import { describe, expect, it } from 'vitest';
import { exitCodes, exitMeanings, Interrupted, OpsError } from '../src/index.ts';

describe('exit codes', () => {
  it('are distinct, and each has a meaning', () => {
    const codes = Object.values(exitCodes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(Object.keys(exitMeanings).sort()).toEqual(Object.keys(exitCodes).sort());
  });

  it('of a signal are 128 and its number', () => {
    expect(
      [new Interrupted('SIGHUP'), new Interrupted('SIGINT'), new Interrupted('SIGTERM')].map(
        ({ exitCode }) => exitCode,
      ),
    ).toEqual([129, 130, 143]);
  });
});

describe('an OpsError', () => {
  it('carries what an operator needs, and its cause', () => {
    const cause = new Error('below');
    const error = new OpsError({
      code: 'LOCK_HELD',
      exit: 'tryLater',
      message: 'held',
      hint: 'wait',
      problems: ['a'],
      cause,
    });
    expect(error).toMatchObject({
      code: 'LOCK_HELD',
      exitCode: 75,
      message: 'held',
      hint: 'wait',
      problems: ['a'],
      cause,
    });
  });
});
