import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { TaskReport } from '@opsgraph/report';
import { command } from '../command.ts';
import { lockAccounts } from '../lock-accounts.ts';
import { requireInsertable } from '../require-columns.ts';
import type { AccountSettings } from '../settings.ts';
import { type CredentialSource, makeCredential } from './credential.ts';
import { normaliseEmail } from './normalise-email.ts';
import { findUser, openUsers, type User, type Users } from './user-table.ts';
import { deliverCredential, writeCredential } from './write-credential.ts';

export interface AdministratorInput {
  settings: AccountSettings;
  email: string;
  credential: CredentialSource;
  environment: string;
  dryRun: boolean;
}

/**
 * Creates an administrator unless there is one with this address. The
 * credential is made or asked for only when it is needed.
 *
 * @throws OpsError EMAIL_INVALID and PASSWORD_WEAK (65), ACCOUNT_TABLE (78), USER_NOT_ADMINISTRATOR and
 * USER_DISABLED (77) with the command to run instead, and what making and delivering the credential throw
 */
export async function createAdministrator(session: Session, input: AdministratorInput): Promise<TaskReport> {
  const { settings, credential: source, environment, dryRun } = input;
  const email = normaliseEmail(input.email);
  const users = await openUsers(session, settings.users, source.kind === 'link');
  const { columns } = settings.users;
  requireInsertable(users.found, [columns.email, columns.role, columns.passwordHash, columns.disabledAt], users.name);
  const found = await findUser(session, users, email);
  if (found !== undefined) return unchanged(found, environment);
  const changes = [{ action: 'create', object: `administrator ${email}` }];
  if (dryRun) return { summary: `${email} would become an administrator`, changes };

  const credential = await makeCredential(source, email, settings);
  let created: User | undefined;
  try {
    created = await session.transaction(async () => {
      await lockAccounts(session);
      // Another run may have been faster while a password was typed.
      if ((await findUser(session, users, email)) !== undefined) return undefined;
      const user = await insertAdministrator(session, users, email);
      await writeCredential(session, users, user.id, credential);
      return user;
    });
  } catch (error) {
    await credential.delivery?.discard();
    throw error;
  }
  if (created === undefined) {
    await credential.delivery?.discard();
    return unchanged((await findUser(session, users, email))!, environment);
  }
  await deliverCredential(session, users, created, credential, environment);
  const summary = `${email} is an administrator with ${credential.says}`;
  return { summary, changes, ...(credential.reveal && { reveal: credential.reveal }) };
}

async function insertAdministrator(session: Session, { table, c, settings }: Users, email: string): Promise<User> {
  const [user] = await session.query<User>(
    `INSERT INTO ${table} (${c.email}, ${c.role}) VALUES ($1, $2)
     RETURNING ${c.id} AS id, ${c.email} AS email, true AS "isAdministrator", false AS "isDisabled"`,
    [email, settings.administrator],
  );
  return user!;
}

function unchanged(found: User, environment: string): TaskReport {
  const { email } = found;
  if (!found.isAdministrator) throw notAdministrator(email, environment);
  if (found.isDisabled) throw disabled(email, environment);
  return { summary: `${email} is an administrator already`, changes: [] };
}

export function notAdministrator(email: string, environment: string): OpsError {
  return new OpsError({
    code: 'USER_NOT_ADMINISTRATOR',
    exit: 'refused',
    message: `${email} is an ordinary user, not an administrator`,
    hint: `to make this user one: ${command(environment, 'promote', '--email', email)}`,
  });
}

export function disabled(email: string, environment: string): OpsError {
  return new OpsError({
    code: 'USER_DISABLED',
    exit: 'refused',
    message: `${email} is disabled`,
    hint: `to let this user in again: ${command(environment, 'enable-user', '--email', email)}`,
  });
}
