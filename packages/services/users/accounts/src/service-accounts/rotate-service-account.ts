import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { Change, TaskReport } from '@opsgraph/report';
import { exactDuration } from '@opsgraph/text';
import type { Delivery } from '../delivery.ts';
import { lockAccounts } from '../lock-accounts.ts';
import type { AccountSettings } from '../settings.ts';
import { deliverKey, insertKey, prepareKey, revokeKeys, revokeUndelivered } from './issue-key.ts';
import { readKeys, type StoredKey } from './read-keys.ts';
import { accountRevoked, requireAccount } from './require-account.ts';
import { openServices, type Services } from './service-tables.ts';

export interface RotateInput {
  settings: Pick<AccountSettings, 'services'>;
  name: string;
  /** How long the keys there are still work, in milliseconds; `now`: not at all, after a leak. */
  overlap: number | 'now';
  delivery: Delivery;
  environment: string;
  dryRun: boolean;
}

const longestOverlap = 90 * 86_400_000;

/**
 * Issues a successor. The keys there are get their deadline only after it was
 * delivered: a sink that fails leaves the service with the key it has. With
 * `now` they end first: after a leak nothing is worse than a key that works.
 *
 * @throws OpsError OVERLAP_INVALID (65), SERVICE_ACCOUNT_UNKNOWN and SERVICE_ACCOUNT_REVOKED (77), ACCOUNT_TABLE (78),
 * KEY_NOT_DELIVERED and what preparing the delivery throws
 */
export async function rotateServiceAccount(session: Session, input: RotateInput): Promise<TaskReport> {
  const { settings, overlap, environment, dryRun } = input;
  if (overlap !== 'now' && (overlap <= 0 || overlap > longestOverlap)) throw overlapInvalid(overlap);
  const services = await openServices(session, settings.services);
  const look = async () => {
    const account = await requireAccount(session, services, input.name, environment);
    if (account.revoked !== null) throw accountRevoked(account, environment);
    const keys = await readKeys(session, services, account.id);
    return { account, previous: keys.filter(({ isDelivered, state }) => isDelivered && state === 'valid') };
  };
  const { account, previous } = await look();
  const { name } = account;
  if (dryRun) {
    const changes = [{ action: 'issue', object: `a key for ${name}` }, ...previous.map((key) => endOf(key, overlap))];
    return { summary: `service account ${name} would get a new key`, changes };
  }

  const key = await prepareKey(settings.services.keyPrefix, input.delivery);
  const changes: Change[] = [];
  let former: StoredKey[] = [];
  try {
    await session.transaction(async () => {
      await lockAccounts(session);
      const now = await look();
      former = now.previous;
      changes.push(...(await revokeUndelivered(session, services, now.account.id)));
      if (overlap === 'now')
        await revokeKeys(
          session,
          services,
          former.map(({ publicId }) => publicId),
        );
      else if (key.delivery.isShown) await setDeadline(session, services, former, overlap);
      await insertKey(session, services, now.account, key);
    });
  } catch (error) {
    await key.delivery.discard();
    throw error;
  }
  await deliverKey(session, services, name, key, environment);
  if (overlap !== 'now' && !key.delivery.isShown) await setDeadline(session, services, former, overlap);
  return {
    summary: `service account ${name} has a new key${former.length === 0 ? '' : overlap === 'now' ? '; the old one no longer works' : `; the old one works for ${exactDuration(overlap)}`}`,
    changes: [
      ...changes,
      { action: 'issue', object: `key ${key.publicId}` },
      ...former.map((old) => endOf(old, overlap)),
    ],
    data: { name, keyId: key.publicId, former: former.map(({ publicId }) => publicId) },
    ...(key.delivery.isShown && { reveal: { label: `Key of ${name}`, secret: key.secret } }),
  };
}

/** Never later than the key would end anyway. */
async function setDeadline(
  session: Session,
  { keys, k }: Services,
  former: readonly StoredKey[],
  overlap: number,
): Promise<void> {
  await session.execute(
    `UPDATE ${keys} SET ${k.expiresAt} = least(${k.expiresAt}, now() + $2::float8 * interval '1 millisecond')
     WHERE ${k.publicId}::text = ANY($1)`,
    [former.map(({ publicId }) => publicId), overlap],
  );
}

function endOf({ publicId, expires }: StoredKey, overlap: number | 'now'): Change {
  if (overlap === 'now') return { action: 'revoke', object: `key ${publicId}` };
  const end = Math.min(Date.now() + overlap, expires?.getTime() ?? Number.POSITIVE_INFINITY);
  return { action: 'end', object: `key ${publicId} at ${new Date(end).toISOString().slice(0, 19)}Z` };
}

function overlapInvalid(overlap: number): OpsError {
  return new OpsError({
    code: 'OVERLAP_INVALID',
    exit: 'badData',
    message: `an overlap of ${exactDuration(overlap)} is out of range`,
    hint: 'between 1ms and 90d, for example --overlap 24h; --now ends the old key at once',
  });
}
