import { describe, expect, it } from 'vitest';
import { wantsColour } from '../src/index.ts';

describe('colour', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{}, {}, false],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{}, { FORCE_COLOR: '1' }, true],
    [{ isTTY: true }, { FORCE_COLOR: '0' }, false],
    [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
  ])('on %j with %j: %s', (stream, env, expected) => {
    expect(wantsColour(stream, env)).toBe(expected);
  });
});
