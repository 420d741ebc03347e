import type { Session } from '@opsgraph/postgres';
import type { TaskReport } from '@opsgraph/report';
import { lockAccounts } from '../lock-accounts.ts';
import { type AdministratorInput, disabled, notAdministrator } from './create-administrator.ts';
import { makeCredential } from './credential.ts';
import { normaliseEmail } from './normalise-email.ts';
import { requireUser } from './require-user.ts';
import { openUsers } from './user-table.ts';
import { deliverCredential, writeCredential } from './write-credential.ts';

/**
 * Gives an administrator another password, or a one-time link to choose one
 * (until then the old password works).
 *
 * @throws OpsError USER_UNKNOWN, USER_NOT_ADMINISTRATOR, USER_DISABLED (77), PASSWORD_WEAK (65), ACCOUNT_TABLE (78)
 */
export async function resetAdministrator(session: Session, input: AdministratorInput): Promise<TaskReport> {
  const { settings, credential: source, environment, dryRun } = input;
  const users = await openUsers(session, settings.users, source.kind === 'link');
  const address = normaliseEmail(input.email);
  const look = async () => {
    const user = await requireUser(session, users, address, environment);
    if (!user.isAdministrator) throw notAdministrator(user.email, environment);
    if (user.isDisabled) throw disabled(user.email, environment);
    return user;
  };
  const { email } = await look();
  const isLink = source.kind === 'link';
  const changes = [
    { action: isLink ? 'issue' : 'reset', object: `${isLink ? 'sign-in link' : 'password'} of ${email}` },
  ];
  if (dryRun) return { summary: `${email} would get a new ${isLink ? 'sign-in link' : 'password'}`, changes };

  const credential = await makeCredential(source, address, settings);
  try {
    const user = await session.transaction(async () => {
      await lockAccounts(session);
      const current = await look();
      await writeCredential(session, users, current.id, credential);
      return current;
    });
    await deliverCredential(session, users, user, credential, environment);
  } catch (error) {
    await credential.delivery?.discard();
    throw error;
  }
  return {
    summary: `${email} has ${credential.says}`,
    changes,
    ...(credential.reveal && { reveal: credential.reveal }),
  };
}
