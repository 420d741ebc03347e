import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditFile, auditLength, readAudit } from '../src/records/audit-file.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'opsgraph-audit-'));
});
afterEach(() => rmSync(state, { recursive: true }));

it('has no lines before the first run', () => {
  expect([auditLength(state), readAudit(state)]).toEqual([0, []]);
});

it('gives whole lines from a place on, and leaves out what is no line of ours', () => {
  const line = { time: '2026-01-01T00:00:00Z', run: 'a', task: 'db:seed', event: 'intent' };
  const first = `${JSON.stringify({ ...line, run: 'earlier' })}\n`;
  writeFileSync(auditFile(state), `${first}{"cut\n${JSON.stringify(line)}\n{"run":"being wri`);
  expect(readAudit(state, first.length)).toEqual([line]);
});

it('that cannot be read is an error with its path and a remedy, not a bug', () => {
  const noDirectory = join(state, 'a-file');
  writeFileSync(noDirectory, '');
  for (const read of [auditLength, readAudit])
    expect(() => read(noDirectory)).toThrow(
      expect.objectContaining({
        code: 'AUDIT_UNREADABLE',
        exitCode: 74,
        message: expect.stringContaining(auditFile(noDirectory)),
        hint: expect.stringContaining('OPS_STATE_DIR'),
      }),
    );
});

it.each([
  ['a named pipe that nobody writes into', (path: string) => void execFileSync('mkfifo', [path])],
  ['a directory', (path: string) => void mkdirSync(path)],
])('that is %s is named as that, without waiting', (_what, make) => {
  make(auditFile(state));
  for (const read of [auditLength, readAudit])
    expect(() => read(state)).toThrow(
      expect.objectContaining({ code: 'AUDIT_UNREADABLE', message: expect.stringContaining('is not a regular file') }),
    );
});
