import { identifier, type Session } from '@opsgraph/postgres';
import { quoted } from '../quoted.ts';
import { requireColumns } from '../require-columns.ts';
import type { ServiceTables } from '../settings.ts';

/** The two tables as SQL. */
export interface Services {
  settings: ServiceTables;
  accounts: string;
  keys: string;
  a: Readonly<Record<keyof ServiceTables['columns'], string>>;
  k: Readonly<Record<keyof ServiceTables['keyColumns'], string>>;
}

const time = ['timestamp with time zone'];

/** @throws OpsError ACCOUNT_TABLE (78) when a table does not fit */
export async function openServices(session: Session, settings: ServiceTables): Promise<Services> {
  const { schema, table, columns, keyTable, keyColumns } = settings;
  const key = 'accounts.services';
  await requireColumns(session, {
    schema,
    table,
    columns,
    types: { scopes: ['text[]', 'character varying[]'], keyLifetime: ['interval'], revokedAt: time },
    key,
    columnsKey: `${key}.columns`,
  });
  await requireColumns(session, {
    schema,
    table: keyTable,
    columns: keyColumns,
    types: {
      sha256: ['bytea'],
      publicId: ['text', 'character varying'],
      deliveredAt: time,
      expiresAt: time,
      lastUsedAt: time,
      revokedAt: time,
    },
    key,
    columnsKey: `${key}.keyColumns`,
  });
  return {
    settings,
    accounts: identifier(schema, table),
    keys: identifier(schema, keyTable),
    a: quoted(columns),
    k: quoted(keyColumns),
  };
}

export interface ServiceAccount extends Record<string, unknown> {
  id: unknown;
  name: string;
  scopes: string[];
  /** Milliseconds; null: until revoked. */
  lifetime: number | null;
  created: Date;
  revoked: Date | null;
}

/** The accounts, or the one of this name. */
export function readAccounts(session: Session, { accounts, a }: Services, name?: string): Promise<ServiceAccount[]> {
  return session.query<ServiceAccount>(
    `SELECT ${a.id} AS id, ${a.name} AS name, ${a.scopes} AS scopes, ${a.createdAt} AS created, ${a.revokedAt} AS revoked,
            (pg_catalog.date_part('epoch', ${a.keyLifetime}) * 1000::float8) AS lifetime
     FROM ${accounts} WHERE $1::text IS NULL OR ${a.name}::text = $1 ORDER BY ${a.name}`,
    [name],
  );
}
