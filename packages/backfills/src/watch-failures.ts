import type { Session } from '@opsgraph/postgres';

/**
 * A session whose failed statements are remembered: when a function of the
 * project does not await one, nobody else would know why its transaction is
 * aborted, and Node would end the process.
 */
export function watchFailures(session: Session): { watched: Session; first(): unknown } {
  let first: unknown;
  const note = <T>(promise: Promise<T>): Promise<T> => {
    promise.catch((error: unknown) => {
      first ??= error;
    });
    return promise;
  };
  const watched: Session = {
    ...session,
    query: (sql, values) => note(session.query(sql, values)),
    queryAgain: (sql, values) => note(session.queryAgain(sql, values)),
    execute: (sql, values) => note(session.execute(sql, values)),
    transaction: (work) => note(session.transaction(work)),
    copyIn: (sql, source) => note(session.copyIn(sql, source)),
    copyOut: (sql) => note(session.copyOut(sql)),
  };
  return { watched, first: () => first };
}
