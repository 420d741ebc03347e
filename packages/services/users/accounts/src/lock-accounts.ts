import { takeLock } from '@opsgraph/ledger';
import type { Session } from '@opsgraph/postgres';

/**
 * Until the end of the transaction nobody else makes or changes accounts
 * here. The tasks hold their domain's lock besides; this one also keeps apart
 * backends that call the package themselves, on tables without a unique index.
 */
export async function lockAccounts(session: Session): Promise<void> {
  await takeLock(session, 'accounts', 'transaction');
}
