import type { Knex } from 'knex';

/** Stands around each query: must call `send` once, and return or throw what it gave. */
export type Around = (sql: string, send: () => Promise<unknown>) => Promise<unknown>;

interface QueryClient {
  _query(connection: unknown, query: { sql: string }): Promise<unknown>;
}

/** Lets somebody stand around each query of a knex, one query at a time. */
export function aroundQueries(knex: Knex): {
  /** Whom, or nobody. */
  set(around: Around | undefined): void;
  /** Until the queries that are in line now have been answered. */
  idle(): Promise<unknown>;
} {
  // Transactions make clients of their own from this prototype, which belongs to this knex alone.
  const prototype = Object.getPrototypeOf(knex.client) as QueryClient;
  const { _query } = prototype;
  let current: Around | undefined;
  let last: Promise<unknown> = Promise.resolve();
  prototype._query = function (this: QueryClient, connection, query) {
    const send = (): Promise<unknown> => _query.call(this, connection, query);
    if (current === undefined) return send();
    const around = current;
    const answer = last.then(() => around(query.sql, send));
    last = answer.catch(() => {});
    return answer;
  };
  return {
    set: (around) => {
      current = around;
      last = Promise.resolve();
    },
    idle: () => last,
  };
}
