import type { TestDatabase } from '@opsgraph/testing';

export interface Part {
  name: string;
  /** Statements of this part; the first part that fits takes a statement. */
  pattern: RegExp;
}

export interface PartCost {
  name: string;
  milliseconds: number;
  walMib: number;
}

/** Lets the server count what the statements in this database cost, until it is asked. */
export async function countStatements(database: TestDatabase): Promise<void> {
  await database.session(async (session) => {
    await session.execute('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    await session.execute(`ALTER DATABASE ${database.name} SET pg_stat_statements.track = 'top'`);
    await session.execute('SELECT pg_stat_statements_reset()');
  });
}

/** What the server spent since countStatements, by part; the rest is the last one. */
export async function readCosts(database: TestDatabase, parts: readonly Part[]): Promise<PartCost[]> {
  const statements = await database.session((session) =>
    session.query<{ query: string; milliseconds: number; wal: number }>(
      `SELECT query, total_exec_time AS milliseconds, wal_bytes::bigint AS wal FROM pg_stat_statements
       WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    ),
  );
  const costs = [...parts.map(({ name }) => name), 'everything else'].map((name) => ({
    name,
    milliseconds: 0,
    walMib: 0,
  }));
  for (const { query, milliseconds, wal } of statements) {
    const found = parts.findIndex(({ pattern }) => pattern.test(query));
    const cost = costs.at(found)!;
    cost.milliseconds += milliseconds;
    cost.walMib += wal / 2 ** 20;
  }
  return costs;
}
