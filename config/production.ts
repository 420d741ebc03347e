import type { EnvironmentFile } from '@opsgraph/config';

/**
 * Refuses to work until DATABASE_URL is set: in the process environment, in
 * config/.env.production, or here as a reference to a secret manager:
 *   url: 'cmd:vault kv get -field=url secret/production/database'
 *   url: 'file:/run/secrets/database-url'
 *
 * For deployments it needs hosts; docs/deployment.md says more:
 *   deployment: {
 *     hosts: { 'web-1': { ssh: 'deploy@web-1.example.com' } },
 *     root: '/srv/simulations',
 *     verifiedOn: 'staging',
 *     service: { start: 'sudo systemctl start simulations', reload: 'sudo systemctl restart simulations' },
 *   }
 */
export default {
  database: {
    roles: { app: { name: 'simulations_app' } },
  },
  migrations: {
    directories: ['packages/sample/database/migrations'],
    schemaFile: 'packages/sample/database/schema.sql',
  },
  backfills: { directory: 'packages/sample/database/backfills' },
  seeds: { directory: 'packages/sample/database/seeds' },
} satisfies EnvironmentFile;
