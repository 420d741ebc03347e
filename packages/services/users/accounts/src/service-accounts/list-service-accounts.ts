import type { Session } from '@opsgraph/postgres';
import type { AccountSettings } from '../settings.ts';
import { readKeys, type StoredKey } from './read-keys.ts';
import { openServices, readAccounts } from './service-tables.ts';

type ListedKey = Pick<StoredKey, 'publicId' | 'created' | 'expires' | 'lastUsed' | 'state'>;

export interface ListedServiceAccount {
  name: string;
  scopes: string[];
  /** Milliseconds each key lives; null: until revoked. */
  lifetime: number | null;
  revoked: Date | null;
  /** Newest first; of those that have ended only the newest. */
  keys: ListedKey[];
  /** Why somebody should look: it has no valid key, or none for long. */
  finding: string | undefined;
}

/** @param within milliseconds from now in which a key that ends is a finding */
export async function listServiceAccounts(
  session: Session,
  { settings, within }: { settings: Pick<AccountSettings, 'services'>; within: number },
): Promise<ListedServiceAccount[]> {
  const services = await openServices(session, settings.services);
  const accounts = await readAccounts(session, services);
  const keys = Map.groupBy(await readKeys(session, services), ({ accountId }) => String(accountId));
  return accounts.map(({ id, name, scopes, lifetime, revoked }) => {
    const all = keys.get(String(id)) ?? [];
    const valid = all.filter(({ state }) => state === 'valid');
    const shown = valid.length > 0 ? valid : all.slice(0, 1);
    return {
      name,
      scopes,
      lifetime,
      revoked,
      keys: shown.map(({ publicId, created, expires, lastUsed, state }) => ({
        publicId,
        created,
        expires,
        lastUsed,
        state,
      })),
      finding: revoked === null ? findingOf(valid, within) : undefined,
    };
  });
}

/** Judged by the key that lives longest: the one before it may end, that is what a rotation is. */
function findingOf(valid: readonly StoredKey[], within: number): string | undefined {
  if (valid.length === 0) return 'it has no valid key';
  const ends = valid.map(({ expires }) => expires?.getTime() ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return last <= Date.now() + within ? `its key ends at ${new Date(last).toISOString()}` : undefined;
}
