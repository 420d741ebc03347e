import type { Chapter } from '@opsgraph/ledger';
import type { ConnectionSettings } from '@opsgraph/postgres';
import type { Secret } from '@opsgraph/secrets';

export interface Role {
  name: string;
  password: Secret;
}

export interface ProvisioningInput {
  /** The target as the tasks will use it: its user is the owner, its path the database. */
  target: ConnectionSettings;
  /** Somebody who may create roles and databases; the target's own user when there is none. */
  adminUrl: Secret | undefined;
  /** The role of the running service: may read and write rows, not change tables. */
  app: Role | undefined;
  /** Whether a password that no longer fits may be set again: only on a server that is ours. */
  mayResetPasswords: boolean;
  /** Whether the owner should be able to make databases beside its own, to try migrations: likewise. */
  ownerMakesDatabases: boolean;
  environment: string;
  /** What the ledger should consist of: the tables of every domain. */
  chapters: readonly Chapter[];
  /** The database's name, when somebody has said that it may be marked though it has objects already. */
  adopt?: string | undefined;
  /** Where knex records what was migrated: the service's role may read that, not write it. */
  migrationTables?: MigrationTables | undefined;
  by: string;
}

export interface MigrationTables {
  /** undefined: wherever the owner's search_path finds them. */
  schema: string | undefined;
  table: string;
}

export interface ProvisioningStep {
  action: 'create' | 'update' | 'grant' | 'revoke' | 'mark';
  object: string;
}
