import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { Change } from '@opsgraph/report';
import { command } from '../command.ts';
import { type Delivery, type PreparedDelivery, prepareDelivery } from '../delivery.ts';
import { makeKey, type NewKey } from '../keys/key.ts';
import { readKeys } from './read-keys.ts';
import type { Services } from './service-tables.ts';

/** A key that is made, and whose way to its user is known to be open; no row yet. */
export interface PreparedKey extends NewKey {
  delivery: PreparedDelivery;
}

/** @throws what the delivery throws when the key could not be given to anybody */
export async function prepareKey(prefix: string, delivery: Delivery): Promise<PreparedKey> {
  const key = makeKey(prefix);
  return { ...key, delivery: await prepareDelivery(delivery, key.secret) };
}

/** Makes the key valid. One that is shown on stdout counts as delivered with that. */
export async function insertKey(
  session: Session,
  { keys, k }: Services,
  account: { id: unknown; lifetime: number | null },
  { publicId, sha256, delivery }: PreparedKey,
): Promise<void> {
  await session.execute(
    `INSERT INTO ${keys} (${k.accountId}, ${k.publicId}, ${k.sha256}, ${k.expiresAt}, ${k.deliveredAt})
     VALUES ($1, $2, $3, now() + $4::float8 * interval '1 millisecond', CASE WHEN $5::bool THEN now() END)`,
    [account.id, publicId, sha256, account.lifetime, delivery.isShown],
  );
}

/**
 * Gives the key to its user. When that fails nobody has it, and it is revoked
 * again.
 *
 * @throws OpsError KEY_NOT_DELIVERED with the exit code of what failed
 */
export async function deliverKey(
  session: Session,
  services: Services,
  name: string,
  key: PreparedKey,
  environment: string,
): Promise<void> {
  if (key.delivery.isShown) return;
  const { keys, k } = services;
  try {
    await key.delivery.deliver();
  } catch (cause) {
    await revokeKeys(session, services, [key.publicId]);
    if (!(cause instanceof OpsError)) throw cause;
    throw new OpsError({
      code: 'KEY_NOT_DELIVERED',
      exit: cause.exit,
      message: `${cause.message}; key ${key.publicId} was revoked again`,
      problems: cause.problems,
      hint: `fix that, then issue another one: ${command(environment, 'rotate-service-account', '--name', name)}`,
      cause,
    });
  }
  await session.execute(`UPDATE ${keys} SET ${k.deliveredAt} = now() WHERE ${k.publicId}::text = $1`, [key.publicId]);
}

/** Revokes keys that a run made and then died before it gave them to anybody. */
export async function revokeUndelivered(session: Session, services: Services, accountId: unknown): Promise<Change[]> {
  const lost = (await readKeys(session, services, accountId)).filter(
    ({ isDelivered, state }) => !isDelivered && state === 'valid',
  );
  await revokeKeys(
    session,
    services,
    lost.map(({ publicId }) => publicId),
  );
  return lost.map(({ publicId }) => ({ action: 'revoke', object: `key ${publicId}, which was not delivered` }));
}

export async function revokeKeys(session: Session, { keys, k }: Services, publicIds: readonly string[]): Promise<void> {
  if (publicIds.length === 0) return;
  await session.execute(
    `UPDATE ${keys} SET ${k.revokedAt} = now() WHERE ${k.publicId}::text = ANY($1) AND ${k.revokedAt} IS NULL`,
    [publicIds],
  );
}
