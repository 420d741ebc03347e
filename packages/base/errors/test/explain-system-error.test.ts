import { expect, it } from 'vitest';
import { explainSystemError, OpsError } from '../src/index.ts';

const systemError = (code: string, syscall: string): Error =>
  Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });

it.each([
  ['EMFILE', 'open'],
  ['EMFILE', 'connect'],
  ['ENFILE', 'open'],
  ['ENOMEM', 'mmap'],
  ['EAGAIN', 'spawn sh'],
  ['ENOSPC', 'write'],
])('%s of %s is a limit of the machine, not a defect', (code, syscall) => {
  const cause = systemError(code, syscall);
  const known = explainSystemError(cause);
  expect(known).toMatchObject({ code: 'SYSTEM_LIMIT', exitCode: 74, hint: expect.stringMatching(/./), cause });
  expect(explainSystemError(new Error('cannot go on', { cause }))).toMatchObject({ code: 'SYSTEM_LIMIT' });
});

it.each([
  ['a full pipe', systemError('EAGAIN', 'write')],
  ['a missing file', systemError('ENOENT', 'open')],
  ['any other error', new TypeError('x is not a function')],
  ['an OpsError', new OpsError({ code: 'X', exit: 'failed', message: 'x', cause: systemError('EMFILE', 'open') })],
  ['no error', 'EMFILE'],
])('%s is left as it is', (_, error) => {
  expect(explainSystemError(error)).toBeUndefined();
});
