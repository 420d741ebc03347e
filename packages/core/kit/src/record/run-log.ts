import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { explainSystemError, OpsError } from '@opsgraph/errors';
import type { AuditFields, AuditIntent, AuditLine, AuditOutcome } from '@opsgraph/ledger';
import { maskDeep } from '@opsgraph/secrets';
import { logDirectory } from './log-directory.ts';
import { openPrivateFile, requirePrivateDirectory } from './private-files.ts';
import { type LogRetention, sweepLogs } from './sweep-logs.ts';

type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface RunLog {
  /** Of the log of this run. */
  path: string;
  write(level: LogLevel, message: string, fields?: Record<string, unknown>): void;
  /** One line in the audit file, which all runs of this checkout share. */
  audit(event: 'intent', fields: AuditFields<AuditIntent>): void;
  audit(event: 'outcome', fields: AuditFields<AuditOutcome>): void;
  /** Closes the file; with a retention it also removes the logs of all runs beyond that. */
  close(retention: LogRetention | undefined): void;
}

/**
 * The files of a run in the state directory: `logs/<task>/<run>.jsonl`, and its
 * lines in `audit.jsonl`. Both 0600, everything masked. They work without a
 * database, so also a run that never reached its target leaves a trace.
 *
 * @param trusted whose files may be there; see trustedOwners
 * @throws OpsError STATE_DIRECTORY (73), STATE_DIRECTORY_UNSAFE (77)
 */
export function openRunLog(stateDirectory: string, runId: string, task: string, trusted: readonly number[]): RunLog {
  const logs = logDirectory(stateDirectory, task);
  const path = join(logs, `${runId}.jsonl`);
  const auditFile = join(stateDirectory, 'audit.jsonl');
  let file: number;
  try {
    requirePrivateDirectory(stateDirectory, trusted, true);
    requirePrivateDirectory(join(stateDirectory, 'logs'), trusted, false);
    requirePrivateDirectory(logs, trusted, false);
    // wx: a link that another user put there is not followed.
    file = openSync(path, 'wx', 0o600);
  } catch (cause) {
    const known = cause instanceof OpsError ? cause : explainSystemError(cause);
    if (known !== undefined) throw known;
    throw new OpsError({
      code: 'STATE_DIRECTORY',
      exit: 'cannotCreate',
      message: `logs cannot be written to ${logs}: ${(cause as Error).message}`,
      hint: 'make it writable for this user, or name another directory in OPS_STATE_DIR',
      cause,
    });
  }
  const line = (fields: Record<string, unknown>): string =>
    `${JSON.stringify(maskDeep({ time: new Date().toISOString(), run: runId, task, ...fields }))}\n`;
  return {
    path,
    write(level, message, fields = {}) {
      try {
        writeSync(file, line({ level, message, ...fields }));
      } catch {
        // A full disk must not end a task that works on another machine; the audit below does complain.
      }
    },
    audit(event: AuditLine['event'], fields: object) {
      try {
        const audit = openPrivateFile(auditFile, trusted);
        try {
          writeWhole(audit, line({ event, ...fields }));
        } finally {
          closeSync(audit);
        }
      } catch (cause) {
        if (cause instanceof OpsError) throw cause;
        throw new OpsError({
          code: 'AUDIT_FAILED',
          exit: 'ioError',
          message: `the audit file ${auditFile} cannot be written: ${(cause as Error).message}`,
          hint: 'free space or fix its permissions; nothing runs unrecorded',
          cause,
        });
      }
    },
    close(retention) {
      closeSync(file);
      if (retention !== undefined) sweepLogs(stateDirectory, retention, path);
    },
  };
}

/** A line in one write, so that those of others do not come in between; the rest of it when the disk took only a part. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
