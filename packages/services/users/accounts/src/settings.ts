/** Where users are, and how the table tells administrators from others. */
export interface UserTable {
  schema: string;
  table: string;
  columns: Readonly<
    Record<
      'id' | 'email' | 'role' | 'passwordHash' | 'disabledAt' | 'createdAt' | 'resetTokenHash' | 'resetTokenExpiresAt',
      string
    >
  >;
  administrator: string;
  ordinary: string;
}

/** Where service accounts and their keys are. */
export interface ServiceTables {
  schema: string;
  table: string;
  columns: Readonly<Record<'id' | 'name' | 'scopes' | 'keyLifetime' | 'createdAt' | 'revokedAt', string>>;
  keyTable: string;
  keyColumns: Readonly<
    Record<
      | 'id'
      | 'accountId'
      | 'publicId'
      | 'sha256'
      | 'createdAt'
      | 'deliveredAt'
      | 'expiresAt'
      | 'lastUsedAt'
      | 'revokedAt',
      string
    >
  >;
  keyPrefix: string;
}

/** Memory in KiB, as argon2 counts it. */
export interface PasswordRules {
  minimumLength: number;
  memory: number;
  passes: number;
  parallelism: number;
}

/** All of it; the section `accounts` of the configuration has this shape. */
export interface AccountSettings {
  users: UserTable;
  services: ServiceTables;
  /** The scopes there are. */
  scopes: readonly string[];
  password: PasswordRules;
  signIn: { page: string | undefined; lifetime: number };
}

/** Where the defaults of the configuration look for them. */
export const defaultServiceTables: ServiceTables = {
  schema: 'public',
  table: 'service_accounts',
  columns: {
    id: 'id',
    name: 'name',
    scopes: 'scopes',
    keyLifetime: 'key_lifetime',
    createdAt: 'created_at',
    revokedAt: 'revoked_at',
  },
  keyTable: 'service_account_keys',
  keyColumns: {
    id: 'id',
    accountId: 'account_id',
    publicId: 'public_id',
    sha256: 'sha256',
    createdAt: 'created_at',
    deliveredAt: 'delivered_at',
    expiresAt: 'expires_at',
    lastUsedAt: 'last_used_at',
    revokedAt: 'revoked_at',
  },
  keyPrefix: 'sim',
};
