import type { Queries } from '@opsgraph/accounts/verify-key';
import { Pool } from 'pg';

export interface Database extends Queries {
  close(): Promise<void>;
}

/** A pool of connections. None is opened before the first query, so the service starts without its database. */
export function openDatabase(url: string): Database {
  const pool = new Pool({
    connectionString: url,
    application_name: 'sample-service',
    max: 10,
    connectionTimeoutMillis: 2000,
    statement_timeout: 10_000,
    idleTimeoutMillis: 30_000,
  });
  // A connection cut while it rests in the pool: the pool opens another one.
  pool.on('error', () => {});
  return {
    query: async (sql, values, name) =>
      (await pool.query({ text: sql, values, ...(name !== undefined && { name }) })).rows,
    close: () => pool.end(),
  };
}
