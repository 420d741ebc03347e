import type { MigrationFile } from '../files/migration-file.ts';
import { isManagingTransaction } from '../knex/runner.ts';
import type { ApplyContext } from './context.ts';
import { retryPassing } from './retry-passing.ts';

/**
 * Runs a knex migration in a transaction; when it turns out to say BEGIN or
 * COMMIT itself, it is rolled back and runs without ours. Stock knex lets it
 * end the migrator's transaction, which comes to the same.
 */
export async function unlessItManagesItself(
  context: ApplyContext,
  file: MigrationFile,
  inTransaction: () => Promise<void>,
  withoutTransaction: () => Promise<void>,
): Promise<void> {
  try {
    await retryPassing(context.session, inTransaction);
  } catch (error) {
    if (!isManagingTransaction(error)) throw error;
    context.warn('own-transaction', file, 'contains BEGIN or COMMIT, so it ran without a transaction of ours', {
      hint: 'if killed midway it stays half applied; in new migrations let Opsgraph manage the transaction',
    });
    await withoutTransaction();
  }
}
