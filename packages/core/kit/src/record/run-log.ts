import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { explainSystemError, OpsError } from '@opsgraph/errors';
import { maskDeep } from '@opsgraph/secrets';
import { openPrivateFile, requirePrivateDirectory } from './private-files.ts';

/** The log of a run, by the shape of its id (run-identity.ts). */
const logName = /^\d{8}T\d{9}Z-[0-9a-f]{8}\.jsonl$/;

type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface RunLog {
  write(level: LogLevel, message: string, fields?: Record<string, unknown>): void;
  /** One line in the audit file, which all runs of this checkout share. */
  audit(event: 'intent' | 'outcome', fields: Record<string, unknown>): void;
  /** Closes the file and removes the oldest logs of runs beyond `keep`; any other file is not ours. */
  close(keep: number): void;
}

/**
 * The files of a run in the state directory: `logs/<run>.jsonl`, and its lines
 * in `audit.jsonl`. Both 0600, everything masked. They work without a
 * database, so also a run that never reached its target leaves a trace.
 *
 * @param trusted whose files may be there; see trustedOwners
 * @throws OpsError STATE_DIRECTORY (73), STATE_DIRECTORY_UNSAFE (77)
 */
export function openRunLog(stateDirectory: string, runId: string, task: string, trusted: readonly number[]): RunLog {
  const logs = join(stateDirectory, 'logs');
  const auditFile = join(stateDirectory, 'audit.jsonl');
  let file: number;
  try {
    requirePrivateDirectory(stateDirectory, trusted, true);
    requirePrivateDirectory(logs, trusted, false);
    // wx: a link that somebody put there is not followed.
    file = openSync(join(logs, `${runId}.jsonl`), 'wx', 0o600);
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
    write(level, message, fields = {}) {
      try {
        writeSync(file, line({ level, message, ...fields }));
      } catch {
        // A full disk must not end a task that works on another machine; the audit below does complain.
      }
    },
    audit(event, fields) {
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
    close(keep) {
      closeSync(file);
      // Run ids begin with the time, so their order is the order of the runs.
      const oldest = readdirSync(logs, { withFileTypes: true })
        .filter((entry) => entry.isFile() && logName.test(entry.name))
        .map(({ name }) => name)
        .sort()
        .slice(0, -Math.max(keep, 1));
      for (const name of oldest) if (name !== `${runId}.jsonl`) rmSync(join(logs, name), { force: true });
    },
  };
}

/** A line in one write, so that those of others do not come in between; the rest of it when the disk took only a part. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
