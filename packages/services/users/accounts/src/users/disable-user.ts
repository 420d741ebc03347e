import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { TaskReport } from '@opsgraph/report';
import { command } from '../command.ts';
import { lockAccounts } from '../lock-accounts.ts';
import { addressInTable } from './normalise-email.ts';
import { requireUser, type UserInput } from './require-user.ts';
import { countOtherAdministrators, openUsers, type Users } from './user-table.ts';

/**
 * Shuts a user out; the row and all that refers to it stay. A one-time link
 * that is under way no longer works.
 *
 * @throws OpsError USER_UNKNOWN and LAST_ADMINISTRATOR (77), EMAIL_INVALID (65), ACCOUNT_TABLE (78)
 */
export async function disableUser(session: Session, input: UserInput): Promise<TaskReport> {
  return change(session, input, true);
}

/** Lets a user in again, with the password there was. */
export async function enableUser(session: Session, input: UserInput): Promise<TaskReport> {
  return change(session, input, false);
}

async function change(session: Session, input: UserInput, disable: boolean): Promise<TaskReport> {
  const { settings, environment, dryRun } = input;
  const users = await openUsers(session, settings.users);
  const word = disable ? 'disabled' : 'enabled';
  return session.transaction(async () => {
    await lockAccounts(session);
    const user = await requireUser(session, users, addressInTable(input.email), environment);
    const { id, email } = user;
    if (user.isDisabled === disable) return { summary: `${email} is ${word} already`, changes: [] };
    if (disable && user.isAdministrator && (await countOtherAdministrators(session, users, id)) === 0)
      throw lastAdministrator(email, environment);
    if (!dryRun) await session.execute(statement(users, disable), [id]);
    return {
      summary: `${email} ${dryRun ? `would be ${word}` : `is ${word}`}`,
      changes: [{ action: disable ? 'disable' : 'enable', object: email }],
    };
  });
}

function statement({ table, c, disabled, hasResetToken }: Users, disable: boolean): string {
  const endToken = disable && hasResetToken ? `, ${c.resetTokenHash} = NULL, ${c.resetTokenExpiresAt} = NULL` : '';
  return `UPDATE ${table} SET ${c.disabledAt} = ${disable ? disabled.set : disabled.unset}${endToken} WHERE ${c.id} OPERATOR(pg_catalog.=) $1`;
}

function lastAdministrator(email: string, environment: string): OpsError {
  return new OpsError({
    code: 'LAST_ADMINISTRATOR',
    exit: 'refused',
    message: `${email} is the only active administrator`,
    hint: `create another one first: ${command(environment, 'create-admin', '--email', 'name@example.org')}`,
  });
}
