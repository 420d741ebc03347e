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
  /** Whether a password that no longer fits may be set anew: only on a server that is ours. */
  mayResetPasswords: boolean;
  /** Whether the owner shall be able to make databases beside its own, to try migrations: likewise. */
  ownerMakesDatabases: boolean;
  environment: string;
  by: string;
}

export interface ProvisioningStep {
  action: 'create' | 'update' | 'grant' | 'mark';
  object: string;
}
