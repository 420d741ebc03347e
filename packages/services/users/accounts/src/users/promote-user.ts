import type { Session } from '@opsgraph/postgres';
import type { TaskReport } from '@opsgraph/report';
import { lockAccounts } from '../lock-accounts.ts';
import { disabled } from './create-administrator.ts';
import { normaliseEmail } from './normalise-email.ts';
import { requireUser, type UserInput } from './require-user.ts';
import { openUsers } from './user-table.ts';

/**
 * Makes an administrator of a user that exists; the password stays.
 *
 * @throws OpsError USER_UNKNOWN and USER_DISABLED (77), EMAIL_INVALID (65), ACCOUNT_TABLE (78)
 */
export async function promoteUser(session: Session, input: UserInput): Promise<TaskReport> {
  const { settings, environment, dryRun } = input;
  const users = await openUsers(session, settings.users);
  const { table, c } = users;
  return session.transaction(async () => {
    await lockAccounts(session);
    const { id, email, ...user } = await requireUser(session, users, normaliseEmail(input.email), environment);
    if (user.isDisabled) throw disabled(email, environment);
    if (user.isAdministrator) return { summary: `${email} is an administrator already`, changes: [] };
    if (!dryRun)
      await session.execute(`UPDATE ${table} SET ${c.role} = $2 WHERE ${c.id} OPERATOR(pg_catalog.=) $1`, [
        id,
        settings.users.administrator,
      ]);
    return {
      summary: `${email} ${dryRun ? 'would become' : 'is now'} an administrator`,
      changes: [{ action: 'promote', object: email }],
    };
  });
}
