import type { EnvironmentFile } from '@opsgraph/config';

/**
 * A sandbox until you have a real staging: a second database in the
 * PostgreSQL that Opsgraph runs on this machine, so that everything that
 * depends on the environment can be tried.
 *
 * For a real one: remove `sandbox` and `embedded`, and give DATABASE_URL in the
 * process environment or in config/.env.staging. Where a secret manager has
 * it, write where instead:
 *   url: 'cmd:op read op://staging/database/url'
 *   url: 'file:/run/secrets/database-url'
 */
export default {
  sandbox: true,
  database: {
    embedded: { database: 'simulations_staging', owner: 'simulations_staging_owner' },
    roles: { app: { name: 'simulations_staging_app' } },
  },
  migrations: {
    directories: ['packages/sample/database/migrations'],
    schemaFile: 'packages/sample/database/schema.sql',
  },
  backfills: { directory: 'packages/sample/database/backfills' },
  seeds: { directory: 'packages/sample/database/seeds' },
  accounts: {
    administrators: [{ email: 'admin@example.org' }],
    // Where a secret manager takes the first key: keyTo: 'cmd:vault kv put secret/staging/importer key=-'
    serviceAccounts: [{ name: 'importer', scopes: ['simulations:read', 'simulations:write'], expires: '90d' }],
  },
  // The sample service, on this machine, at this port or the next free one. For real hosts see docs/deployment.md.
  deployment: {
    hosts: { here: {} },
    root: '.ops/releases/staging',
    confirm: false,
    cleanCommit: false,
    service: { run: ['node', 'src/main.ts'], ports: [8181] },
    smoke: ['/simulations'],
  },
} satisfies EnvironmentFile;
