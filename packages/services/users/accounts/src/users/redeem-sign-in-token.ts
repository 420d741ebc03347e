import type { Session } from '@opsgraph/postgres';
import type { Secret } from '@opsgraph/secrets';
import { sha256 } from '../keys/key.ts';
import { hashPassword } from '../passwords/hash-password.ts';
import { requireStrength } from '../passwords/require-strength.ts';
import type { AccountSettings } from '../settings.ts';
import { openUsers } from './user-table.ts';

/**
 * For a backend's page behind the one-time link: exchanges the token for a
 * password. Each token works once, until its deadline, for a user that is not
 * disabled.
 *
 * @returns the address of the user; undefined when the token is not valid
 * @throws OpsError PASSWORD_WEAK (65); the token stays valid then
 */
export async function redeemSignInToken(
  session: Session,
  presented: unknown,
  password: Secret,
  settings: AccountSettings,
): Promise<string | undefined> {
  const { table, c, disabled } = await openUsers(session, settings.users, true);
  // What a JSON body has may be anything; an array of one text would pass the pattern.
  if (typeof presented !== 'string' || !/^[0-9A-Za-z]{40}$/.test(presented)) return undefined;
  const hash = sha256(presented);
  const valid = `${c.resetTokenHash} = $1 AND ${c.resetTokenExpiresAt} > now() AND NOT ${disabled.isSet}`;
  const [user] = await session.query<{ email: string }>(`SELECT ${c.email} AS email FROM ${table} WHERE ${valid}`, [
    hash,
  ]);
  if (user === undefined) return undefined;
  await requireStrength(password, settings.password.minimumLength, user.email.toLowerCase());
  const newHash = await hashPassword(password, settings.password);
  // Of two that come at once the second finds the token gone.
  const [redeemed] = await session.query<{ email: string }>(
    `UPDATE ${table} SET ${c.passwordHash} = $2, ${c.resetTokenHash} = NULL, ${c.resetTokenExpiresAt} = NULL
     WHERE ${valid} RETURNING ${c.email} AS email`,
    [hash, newHash],
  );
  return redeemed?.email;
}
