import { sqlState } from '@opsgraph/postgres';

/** SQLSTATEs of what is there already. */
const benign = new Set(['42P04', '42710', '23505']);

/** Another process may have created it. */
export async function unlessThere(statement: Promise<unknown>): Promise<void> {
  await statement.catch((error: unknown) => {
    if (!benign.has(sqlState(error))) throw error;
  });
}
