import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { command } from '../command.ts';
import { findUser, type User, type Users } from './user-table.ts';

/** What the verbs for one existing user get. */
export interface UserInput {
  settings: { users: Users['settings'] };
  email: string;
  environment: string;
  dryRun: boolean;
}

/** @throws OpsError USER_UNKNOWN (77) */
export async function requireUser(session: Session, users: Users, email: string, environment: string): Promise<User> {
  const found = await findUser(session, users, email);
  if (found !== undefined) return found;
  throw new OpsError({
    code: 'USER_UNKNOWN',
    exit: 'refused',
    message: `${users.name} has no user with the address ${email}`,
    hint: `${command(environment, 'list-users')} shows who there is; for a new administrator: ${command(environment, 'create-admin', '--email', email)}`,
  });
}
