import type { Session } from '@opsgraph/postgres';

/** 'acct' as a number. */
const lockClass = 0x61636374;

/**
 * Until the end of the transaction nobody else makes or changes accounts
 * here. The tasks hold their domain's lock besides; this one also keeps apart
 * backends that call the package themselves, on tables without a unique index.
 */
export async function lockAccounts(session: Session): Promise<void> {
  await session.query('SELECT pg_catalog.pg_advisory_xact_lock($1, 0)', [lockClass]);
}
