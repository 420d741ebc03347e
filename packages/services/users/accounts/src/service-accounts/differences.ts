import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { Change } from '@opsgraph/report';
import { command } from '@opsgraph/terminal';
import { exactDuration } from '@opsgraph/text';
import type { Definition } from './definition.ts';
import type { StoredKey } from './read-keys.ts';
import type { ServiceAccount, Services } from './service-tables.ts';

/**
 * What must change so that an account is as wanted; for people, too.
 *
 * @throws OpsError KEY_WOULD_END (77) when a shorter lifetime would end the key in use at once
 */
export function differences(
  account: ServiceAccount | undefined,
  wanted: Definition,
  keys: readonly StoredKey[],
): Change[] {
  if (account === undefined) return [];
  const { name } = wanted;
  const lifetime = wantedLifetime(account, wanted);
  const expiry = lifetime === account.lifetime ? [] : [expiryChange(account, lifetime, currentKey(keys))];
  return [
    ...wanted.scopes
      .filter((scope) => !account.scopes.includes(scope))
      .map((scope) => ({ action: 'grant', object: `${scope} to ${name}` })),
    ...account.scopes
      .filter((scope) => !wanted.scopes.includes(scope))
      .map((scope) => ({ action: 'withdraw', object: `${scope} from ${name}` })),
    ...expiry,
  ];
}

/** Inserts or updates the account; a changed lifetime also moves the deadline of the key in use. */
export async function writeDefinition(
  session: Session,
  { accounts, keys, a, k }: Services,
  account: ServiceAccount | undefined,
  wanted: Definition,
): Promise<{ id: unknown; lifetime: number | null }> {
  const lifetime = wantedLifetime(account, wanted);
  const interval = "$3::float8 * interval '1 millisecond'";
  if (account === undefined) {
    const [row] = await session.query<{ id: unknown }>(
      `INSERT INTO ${accounts} (${a.name}, ${a.scopes}, ${a.keyLifetime}) VALUES ($1, $2, ${interval}) RETURNING ${a.id} AS id`,
      [wanted.name, wanted.scopes, lifetime],
    );
    return { id: row!.id, lifetime };
  }
  await session.execute(
    `UPDATE ${accounts} SET ${a.scopes} = $2, ${a.keyLifetime} = ${interval}, ${a.revokedAt} = NULL WHERE ${a.id} OPERATOR(pg_catalog.=) $1`,
    [account.id, wanted.scopes, lifetime],
  );
  // Only of the newest: the older ones have the deadline of their rotation.
  if (lifetime !== account.lifetime)
    await session.execute(
      `UPDATE ${keys} SET ${k.expiresAt} = ${k.createdAt} + $2::float8 * interval '1 millisecond' WHERE ${k.id} OPERATOR(pg_catalog.=)
         (SELECT ${k.id} FROM ${keys} WHERE ${k.accountId} OPERATOR(pg_catalog.=) $1 AND ${k.revokedAt} IS NULL AND ${k.deliveredAt} IS NOT NULL
          ORDER BY ${k.createdAt} DESC, ${k.id} DESC LIMIT 1)
         AND (${k.expiresAt} IS NULL OR ${k.expiresAt} > now())`,
      [account.id, lifetime],
    );
  return { id: account.id, lifetime };
}

function wantedLifetime(account: ServiceAccount | undefined, { lifetime }: Definition): number | null {
  if (lifetime === 'keep') return account?.lifetime ?? null;
  return lifetime === 'never' ? null : lifetime;
}

function expiryChange({ name }: ServiceAccount, lifetime: number | null, key: StoredKey | undefined): Change {
  if (lifetime === null) return { action: 'lift', object: `the expiry of ${name}'s keys` };
  const end = key && new Date(key.created.getTime() + lifetime);
  if (end !== undefined && end.getTime() <= Date.now()) {
    throw new OpsError({
      code: 'KEY_WOULD_END',
      exit: 'refused',
      message: `with a lifetime of ${exactDuration(lifetime)} key ${key!.publicId} of ${name} would have ended at ${end.toISOString()}`,
      hint: `rotate it first: ${command`pnpm --filter users run rotate-service-account --name ${name}`}`,
    });
  }
  const until = end === undefined ? '' : `; ${key!.publicId} until ${end.toISOString()}`;
  return { action: 'set', object: `the expiry of ${name}'s keys to ${exactDuration(lifetime)}${until}` };
}

function currentKey(keys: readonly StoredKey[]): StoredKey | undefined {
  const [newest] = keys.filter(({ state }) => state !== 'revoked');
  return newest?.state === 'valid' ? newest : undefined;
}
