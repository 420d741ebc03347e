import { OpsError } from '@opsgraph/errors';
import { identifier, type Session } from '@opsgraph/postgres';
import { quoted } from '../quoted.ts';
import { type FoundColumn, requireColumns } from '../require-columns.ts';
import type { UserTable } from '../settings.ts';

const resetColumns = ['resetTokenHash', 'resetTokenExpiresAt'] as const;

/** The users table as SQL: names quoted, and what differs with the types it has. */
export interface Users {
  settings: UserTable;
  /** schema.table, for people. */
  name: string;
  table: string;
  c: Readonly<Record<keyof UserTable['columns'], string>>;
  found: readonly FoundColumn[];
  hasResetToken: boolean;
  /** A boolean where the column is one, else a time. */
  disabled: { isSet: string; set: string; unset: string };
}

/**
 * Looks whether the configured table fits. The columns of the one-time token
 * must be there only for who uses it.
 *
 * @throws OpsError ACCOUNT_TABLE (78)
 */
export async function openUsers(session: Session, settings: UserTable, needsToken = false): Promise<Users> {
  const { schema, table, columns } = settings;
  const required = Object.entries(columns).filter(
    ([purpose]) => needsToken || !(resetColumns as readonly string[]).includes(purpose),
  );
  const found = await requireColumns(session, {
    schema,
    table,
    columns: Object.fromEntries(required),
    types: {
      passwordHash: ['text', 'character varying'],
      disabledAt: ['timestamp with time zone', 'timestamp without time zone', 'boolean'],
      resetTokenHash: ['bytea'],
      resetTokenExpiresAt: ['timestamp with time zone'],
    },
    key: 'accounts.users',
    columnsKey: 'accounts.users.columns',
  });
  const c = quoted(columns);
  const isBoolean = found.find(({ name }) => name === columns.disabledAt)?.type === 'boolean';
  return {
    settings,
    name: `${schema}.${table}`,
    table: identifier(schema, table),
    c,
    found,
    hasResetToken: resetColumns.every((purpose) => found.some(({ name }) => name === columns[purpose])),
    disabled: isBoolean
      ? { isSet: `coalesce(${c.disabledAt}, false)`, set: 'true', unset: 'false' }
      : { isSet: `(${c.disabledAt} IS NOT NULL)`, set: 'now()', unset: 'NULL' },
  };
}

export interface User extends Record<string, unknown> {
  id: unknown;
  email: string;
  isAdministrator: boolean;
  isDisabled: boolean;
}

/**
 * The user with this address, in whatever case the table has it.
 *
 * @throws OpsError EMAIL_AMBIGUOUS (77) when a table without a unique index has several
 */
export async function findUser(session: Session, users: Users, email: string): Promise<User | undefined> {
  const { table, c, disabled, settings } = users;
  const found = await session.query<User>(
    `SELECT ${c.id} AS id, ${c.email} AS email, coalesce(${c.role}::text = $2, false) AS "isAdministrator", ${disabled.isSet} AS "isDisabled"
     FROM ${table} WHERE pg_catalog.lower(${c.email}::pg_catalog.text) = pg_catalog.lower($1::pg_catalog.text) LIMIT 2`,
    [email, settings.administrator],
  );
  if (found.length < 2) return found[0];
  throw new OpsError({
    code: 'EMAIL_AMBIGUOUS',
    exit: 'refused',
    message: `${users.name} has ${email} more than once, written in different cases`,
    hint: `merge these rows, then add a unique index on lower(${c.email}); nothing was changed`,
  });
}

/** How many administrators are not disabled, without this one. */
export async function countOtherAdministrators(session: Session, users: Users, id: unknown): Promise<number> {
  const { table, c, disabled, settings } = users;
  const [row] = await session.query<{ count: number }>(
    `SELECT count(*) AS count FROM ${table} WHERE ${c.role}::text = $1 AND NOT ${disabled.isSet} AND ${c.id} OPERATOR(pg_catalog.<>) $2`,
    [settings.administrator, id],
  );
  return row!.count;
}
