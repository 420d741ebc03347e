import type { Knex } from 'knex';

type Announce = (sql: string) => Promise<unknown>;

interface QueryClient {
  _query(connection: unknown, query: { sql: string }): Promise<unknown>;
}

/** Lets somebody be told of each query before it is sent, and waited for. Returns the way to set and unset whom. */
export function announceQueries(knex: Knex): (announce: Announce | undefined) => void {
  // Transactions make clients of their own from this prototype, which belongs to this knex alone.
  const prototype = Object.getPrototypeOf(knex.client) as QueryClient;
  const { _query } = prototype;
  let current: Announce | undefined;
  prototype._query = async function (this: QueryClient, connection, query) {
    await current?.(query.sql);
    return _query.call(this, connection, query);
  };
  return (announce) => {
    current = announce;
  };
}
