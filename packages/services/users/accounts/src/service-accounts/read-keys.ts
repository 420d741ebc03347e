import type { Session } from '@opsgraph/postgres';
import type { Services } from './service-tables.ts';

export interface StoredKey extends Record<string, unknown> {
  id: unknown;
  accountId: unknown;
  publicId: string;
  created: Date;
  expires: Date | null;
  lastUsed: Date | null;
  /** Given to somebody; false after a run that died before it could. */
  isDelivered: boolean;
  state: 'valid' | 'expired' | 'revoked';
}

/** The keys of an account, or of all, newest first. */
export function readKeys(session: Session, { keys, k }: Services, accountId?: unknown): Promise<StoredKey[]> {
  return session.query<StoredKey>(
    `SELECT ${k.id} AS id, ${k.accountId} AS "accountId", ${k.publicId} AS "publicId", ${k.createdAt} AS created,
            ${k.expiresAt} AS expires, ${k.lastUsedAt} AS "lastUsed", ${k.deliveredAt} IS NOT NULL AS "isDelivered",
            CASE WHEN ${k.revokedAt} IS NOT NULL THEN 'revoked' WHEN ${k.expiresAt} <= now() THEN 'expired' ELSE 'valid' END AS state
     FROM ${keys} WHERE $1::text IS NULL OR ${k.accountId}::text = $1 ORDER BY ${k.createdAt} DESC, ${k.id} DESC`,
    [accountId === undefined ? null : String(accountId)],
  );
}
