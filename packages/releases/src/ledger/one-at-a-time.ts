import type { Session } from '@opsgraph/postgres';

/**
 * The same session for work on several hosts at once: its statements wait for
 * each other, because a connection does one thing at a time. A transaction
 * must not be begun on it while others write.
 */
export function oneAtATime(session: Session): Session {
  let last: Promise<unknown> = Promise.resolve();
  function queued<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  }
  return {
    ...session,
    query: (sql, values) => queued(() => session.query(sql, values)),
    execute: (sql, values) => queued(() => session.execute(sql, values)),
  };
}
