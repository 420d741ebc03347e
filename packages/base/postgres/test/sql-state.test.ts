import { OpsError } from '@opsgraph/errors';
import { expect, it } from 'vitest';
import { isDataError, sqlState } from '../src/index.ts';

const withCode = (code: unknown, more = {}): Error => Object.assign(new Error('x'), { code }, more);

it.each([
  ['of the server', withCode('23505'), '23505'],
  ['that a function raised with a state of its own', withCode('E1234'), 'E1234'],
  ['of the system with five letters', withCode('EPIPE', { syscall: 'write' }), ''],
  ['of the system', withCode('ECONNRESET', { syscall: 'read' }), ''],
  ['of Node', withCode('ERR_INVALID_ARG_TYPE'), ''],
  ['with a number', withCode(23_505), ''],
  ['without a code', new Error('x'), ''],
  ['with a meaning of its own', new OpsError({ code: 'CLASH', exit: 'failed', message: 'x' }), ''],
  ['that is none', { code: '23505' }, ''],
  ['that is nothing', undefined, ''],
])('is that of an error %s', (_, error, state) => {
  expect(sqlState(error)).toBe(state);
});

it.each(['22P02', '23505', '27000', '44000', 'P0001'])('%s is about the data', (code) => {
  expect(isDataError(withCode(code))).toBe(true);
});

it.each(['42501', '40001', '57014', '08006', ''])('%j is not', (code) => {
  expect(isDataError(withCode(code))).toBe(false);
});
