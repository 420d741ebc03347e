import { Readable } from 'node:stream';
import type { Session } from './session.ts';

/**
 * The same session for work on several hosts at once: its statements wait for
 * each other, because a connection does one thing at a time. A transaction
 * must not be begun on it while others write.
 *
 * Every member is listed: one that is added to Session is decided about here,
 * or this does not compile.
 */
export function serialSession(session: Session): Session {
  let last: Promise<unknown> = Promise.resolve();
  function queued<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  }
  return {
    server: session.server,
    signal: session.signal,
    client: session.client,
    query: (sql, values) => queued(() => session.query(sql, values)),
    queryAgain: (sql, values) => queued(() => session.queryAgain(sql, values)),
    execute: (sql, values) => queued(() => session.execute(sql, values)),
    copyIn: (sql, source) => queued(() => session.copyIn(sql, source)),
    copyOut: (sql) => queued(() => drained(session, sql)),
    // its statements come through this queue: queued itself, it would wait for itself
    transaction: session.transaction,
  };
}

/** The connection is free when all of it was read, not when it begins to arrive. */
async function drained(session: Session, sql: string): Promise<Readable> {
  const pieces: Buffer[] = [];
  for await (const piece of await session.copyOut(sql)) pieces.push(piece as Buffer);
  return Readable.from(pieces);
}
