import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { command } from '../command.ts';
import type { Credential } from './credential.ts';
import type { Users } from './user-table.ts';

/** Puts a credential into the row of a user. A new password ends every one-time token. */
export async function writeCredential(
  session: Session,
  { table, c, hasResetToken }: Users,
  id: unknown,
  { passwordHash, token }: Credential,
): Promise<void> {
  if (token !== undefined) {
    await session.execute(
      `UPDATE ${table} SET ${c.resetTokenHash} = $2, ${c.resetTokenExpiresAt} = now() + $3::float8 * interval '1 millisecond' WHERE ${c.id} OPERATOR(pg_catalog.=) $1`,
      [id, token.hash, token.lifetime],
    );
  } else if (passwordHash !== undefined) {
    const endToken = hasResetToken ? `, ${c.resetTokenHash} = NULL, ${c.resetTokenExpiresAt} = NULL` : '';
    await session.execute(
      `UPDATE ${table} SET ${c.passwordHash} = $2${endToken} WHERE ${c.id} OPERATOR(pg_catalog.=) $1`,
      [id, passwordHash],
    );
  }
}

/**
 * Hands the secret over. When that fails nobody has it, so it is revoked.
 *
 * @throws OpsError SECRET_NOT_DELIVERED with the exit code of what failed
 */
export async function deliverCredential(
  session: Session,
  { table, c }: Users,
  user: { id: unknown; email: string },
  credential: Credential,
  environment: string,
): Promise<void> {
  try {
    await credential.delivery?.deliver();
  } catch (cause) {
    const { passwordHash } = credential;
    await (passwordHash !== undefined
      ? session.execute(
          `UPDATE ${table} SET ${c.passwordHash} = NULL WHERE ${c.id} OPERATOR(pg_catalog.=) $1 AND ${c.passwordHash}::text = $2`,
          [user.id, passwordHash],
        )
      : session.execute(
          `UPDATE ${table} SET ${c.resetTokenHash} = NULL, ${c.resetTokenExpiresAt} = NULL WHERE ${c.id} OPERATOR(pg_catalog.=) $1`,
          [user.id],
        ));
    if (!(cause instanceof OpsError)) throw cause;
    throw new OpsError({
      code: 'SECRET_NOT_DELIVERED',
      exit: cause.exit,
      message: `${cause.message}; ${credential.says} of ${user.email} was revoked, so that nobody can sign in with it`,
      problems: cause.problems,
      hint: `fix that, then: ${command(environment, 'reset-admin', '--email', user.email)}`,
      cause,
    });
  }
}
