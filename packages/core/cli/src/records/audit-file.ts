import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import type { AuditLine } from '@opsgraph/ledger';
import { command } from '@opsgraph/terminal';

export function auditFile(state: string): string {
  return join(state, 'audit.jsonl');
}

/**
 * Bytes; 0 when there is no file yet.
 *
 * @throws OpsError AUDIT_UNREADABLE (74)
 */
export function auditLength(state: string): number {
  return readFrom(auditFile(state), Infinity).length;
}

/**
 * The whole lines after byte `from`. A line that is just being written is left for the next time.
 *
 * @throws OpsError AUDIT_UNREADABLE (74)
 */
export function readAudit(state: string, from = 0): AuditLine[] {
  const { text } = readFrom(auditFile(state), from);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line) => {
    const parsed = parse(line);
    return parsed === undefined ? [] : [parsed];
  });
}

function readFrom(path: string, from: number): { text: string; length: number } {
  try {
    return readTail(path, from);
  } catch (error) {
    if (error instanceof OpsError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { text: '', length: 0 };
    throw new OpsError({
      code: 'AUDIT_UNREADABLE',
      exit: 'ioError',
      message: `the audit file ${path} cannot be read: ${message}`,
      hint: 'if it belongs to another user, run as that user, or keep records elsewhere: OPS_STATE_DIR=DIRECTORY',
      cause: error,
    });
  }
}

function readTail(path: string, from: number): { text: string; length: number } {
  // opening a named pipe would otherwise wait for a writer into it
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw notRegular(path);
    const length = found.size;
    // Another process removed the file meanwhile: what is there now is new.
    const start = from === Infinity ? length : from > length ? 0 : from;
    const buffer = Buffer.alloc(length - start);
    const read = readSync(file, buffer, 0, buffer.length, start);
    return { text: buffer.toString('utf8', 0, read), length };
  } finally {
    closeSync(file);
  }
}

function notRegular(path: string): OpsError {
  return new OpsError({
    code: 'AUDIT_UNREADABLE',
    exit: 'ioError',
    message: `the audit file ${path} is not a regular file`,
    hint: `see what it is (${command`ls -l ${path}`}) and move it away; or keep records elsewhere: OPS_STATE_DIR=DIRECTORY`,
  });
}

/** A line that a full disk cut short says nothing. */
function parse(line: string): AuditLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isAuditLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isAuditLine(value: unknown): value is AuditLine {
  if (typeof value !== 'object' || value === null) return false;
  const { time, run, task, event } = value as Partial<AuditLine>;
  return (
    typeof time === 'string' &&
    typeof run === 'string' &&
    typeof task === 'string' &&
    (event === 'intent' || event === 'outcome')
  );
}
