import type { Session } from '@opsgraph/postgres';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { type AccountSettings, defaultServiceTables } from '../src/index.ts';
import { accountTables } from '../testing/account-tables.ts';

export const settings: AccountSettings = {
  users: {
    schema: 'public',
    table: 'users',
    columns: {
      id: 'id',
      email: 'email',
      role: 'role',
      passwordHash: 'password_hash',
      disabledAt: 'disabled_at',
      createdAt: 'created_at',
      resetTokenHash: 'reset_token_hash',
      resetTokenExpiresAt: 'reset_token_expires_at',
    },
    administrator: 'admin',
    ordinary: 'user',
  },
  services: defaultServiceTables,
  scopes: ['simulations:read', 'simulations:write'],
  // Weaker than anybody should have it: what argon2id computes is tested elsewhere.
  password: { minimumLength: 12, memory: 64, passes: 1, parallelism: 1 },
  signIn: { page: undefined, lifetime: 3_600_000 },
};

/** What every verb is told besides. */
export const here = { settings, environment: 'local', dryRun: false };

/** A database with users and service accounts in tables as the defaults name them. */
export async function createAccountsDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await database.session((session) => session.execute(accountTables));
  return database;
}

export async function emptyTables(session: Session): Promise<void> {
  await session.execute('TRUNCATE users, service_accounts, service_account_keys');
}

/** The message, problems and hint of what `work` was refused with, as one text. */
export async function refusal(work: () => Promise<unknown>): Promise<{ code: string; exit: string; text: string }> {
  try {
    await work();
  } catch (error) {
    const { code, exit, message, problems, hint } = error as Record<string, string> & { problems: string[] };
    return { code: code!, exit: exit!, text: [message, ...(problems ?? []), hint].join('\n') };
  }
  throw new Error('it was not refused');
}
