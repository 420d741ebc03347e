import type { Session } from '@opsgraph/postgres';
import { isOutdated } from '../passwords/hash-password.ts';
import { readPhc } from '../passwords/phc.ts';
import type { AccountSettings } from '../settings.ts';
import { openUsers } from './user-table.ts';

export interface ListedUser {
  email: string;
  role: 'administrator' | 'user';
  state: 'active' | 'disabled';
  /** current: argon2id with today's parameters; outdated: with others; foreign: another scheme. */
  password: 'none' | 'current' | 'outdated' | 'foreign';
  created: Date;
}

export interface UserList {
  users: ListedUser[];
  /** How many there are, shown or not. */
  total: number;
}

interface Row extends Record<string, unknown> {
  email: string;
  isAdministrator: boolean;
  isDisabled: boolean;
  hash: string | null;
  created: Date;
  total: number;
}

/** Users, administrators first, then by address. Hashes are judged here and never returned. */
export async function listUsers(
  session: Session,
  { settings, administratorsOnly, limit }: { settings: AccountSettings; administratorsOnly: boolean; limit: number },
): Promise<UserList> {
  const { table, c, disabled } = await openUsers(session, settings.users);
  const rows = await session.query<Row>(
    `SELECT email, "isAdministrator", "isDisabled", hash, created, count(*) OVER () AS total FROM (
       SELECT ${c.email} AS email, coalesce(${c.role}::text = $1, false) AS "isAdministrator", ${disabled.isSet} AS "isDisabled",
              ${c.passwordHash} AS hash, ${c.createdAt} AS created FROM ${table}) AS u
     WHERE "isAdministrator" OR NOT $2::pg_catalog.bool ORDER BY "isAdministrator" DESC, pg_catalog.lower(email::pg_catalog.text) LIMIT $3`,
    [settings.users.administrator, administratorsOnly, limit],
  );
  const users = rows.map(({ email, isAdministrator, isDisabled, hash, created }) => ({
    email,
    role: isAdministrator ? ('administrator' as const) : ('user' as const),
    state: isDisabled ? ('disabled' as const) : ('active' as const),
    password: judge(hash, settings.password),
    created,
  }));
  return { users, total: rows[0]?.total ?? 0 };
}

function judge(hash: string | null, today: AccountSettings['password']): ListedUser['password'] {
  if (hash === null || hash === '') return 'none';
  if (readPhc(hash) === undefined) return 'foreign';
  return isOutdated(hash, today) ? 'outdated' : 'current';
}
