import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { maskDeep } from '@opsgraph/secrets';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface RunLog {
  write(level: LogLevel, message: string, fields?: Record<string, unknown>): void;
  /** One line in the audit file, which all runs of this checkout share. */
  audit(event: 'intent' | 'outcome', fields: Record<string, unknown>): void;
  /** Closes the file and removes the oldest beyond `keep`. */
  close(keep: number): void;
}

/**
 * The files of a run in the state directory: `logs/<run>.jsonl`, and its lines
 * in `audit.jsonl`. Both 0600, everything masked. They work without a
 * database, so also a run that never reached its target leaves a trace.
 *
 * @throws OpsError STATE_DIRECTORY (73)
 */
export function openRunLog(stateDirectory: string, runId: string, task: string): RunLog {
  const logs = join(stateDirectory, 'logs');
  const auditFile = join(stateDirectory, 'audit.jsonl');
  let file: number;
  try {
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    // wx: a link that somebody put there is not followed.
    file = openSync(join(logs, `${runId}.jsonl`), 'wx', 0o600);
  } catch (cause) {
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
    write(level, message, fields = {}) {
      try {
        writeSync(file, line({ level, message, ...fields }));
      } catch {
        // A full disk must not end a task that works on another machine; the audit below does complain.
      }
    },
    audit(event, fields) {
      try {
        appendFileSync(auditFile, line({ event, ...fields }), { mode: 0o600 });
      } catch (cause) {
        throw new OpsError({
          code: 'AUDIT_FAILED',
          exit: 'ioError',
          message: `the audit file ${auditFile} cannot be written: ${(cause as Error).message}`,
          hint: 'free space or fix its permissions; nothing runs unrecorded',
          cause,
        });
      }
    },
    close(keep) {
      closeSync(file);
      // Run ids begin with the time, so their order is the order of the runs.
      const oldest = readdirSync(logs)
        .filter((name) => name.endsWith('.jsonl'))
        .sort()
        .slice(0, -Math.max(keep, 1));
      for (const name of oldest) rmSync(join(logs, name), { force: true });
    },
  };
}
