import type { EnvironmentFile } from '@opsgraph/config';

/** Your own machine: Opsgraph runs a PostgreSQL here. `npm start` sets it up. */
export default {
  sandbox: true,
  database: {
    embedded: { database: 'simulations', owner: 'simulations_owner' },
    roles: { app: { name: 'simulations_app' } },
  },
  migrations: {
    directories: ['packages/sample/database/migrations'],
    schemaFile: 'packages/sample/database/schema.sql',
  },
  backfills: { directory: 'packages/sample/database/backfills' },
  seeds: { directory: 'packages/sample/database/seeds' },
  // What `pnpm --filter users run apply` brings about; passwords and keys are made when somebody asks for them.
  accounts: {
    administrators: [{ email: 'admin@localhost' }],
    serviceAccounts: [{ name: 'sample-client', scopes: ['simulations:read'] }],
  },
} satisfies EnvironmentFile;
