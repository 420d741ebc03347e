import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';

/**
 * The session that a function of the project works through. What would end the
 * transaction of its batch is refused before it is sent. Failed statements are
 * remembered: when the function does not await one, nobody else would know why
 * its transaction is aborted, and Node would end the process.
 */
export function guardSession(session: Session, path: string): { guarded: Session; firstFailure(): unknown } {
  let first: unknown;
  const note = <T>(promise: Promise<T>): Promise<T> => {
    promise.catch((error: unknown) => {
      first ??= error;
    });
    return promise;
  };
  const sending = <T>(sql: string, send: () => Promise<T>): Promise<T> =>
    note(control.test(sql) ? Promise.reject(endsTransaction(path, sql)) : send());
  const guarded: Session = {
    // listed one by one: a member that is added to Session does not pass unguarded, it does not compile
    server: session.server,
    signal: session.signal,
    client: session.client,
    query: (sql, values) => sending(sql, () => session.query(sql, values)),
    queryAgain: (sql, values) => sending(sql, () => session.queryAgain(sql, values)),
    execute: (sql, values) => sending(sql, () => session.execute(sql, values)),
    transaction: (work) => note(session.transaction(work)),
    copyIn: (sql, source) => note(session.copyIn(sql, source)),
    copyOut: (sql) => note(session.copyOut(sql)),
  };
  return { guarded, firstFailure: () => first };
}

/** At the beginning of what is sent; a savepoint may be rolled back to. */
const control =
  /^\s*(begin|start\s+transaction|commit|end|abort|rollback(?!\s+(work\s+|transaction\s+)?to\b)|prepare\s+transaction)\b/i;

function endsTransaction(path: string, sql: string): OpsError {
  return new OpsError({
    code: 'BACKFILL_ENDED_TRANSACTION',
    exit: 'badData',
    message: `${path}: work would end the transaction of its batch; this batch was rolled back`,
    hint: 'leave BEGIN, COMMIT and ROLLBACK to the backfill; a part that may fail goes into session.transaction(…)',
    problems: [sql.trim().slice(0, 100)],
  });
}
