import type { EnvironmentFile } from '@opsgraph/config';

/**
 * Refuses to work until DATABASE_URL is set: in the process environment, in
 * config/.env.production, or here as a reference to a secret manager:
 *   url: 'cmd:vault kv get -field=url secret/production/database'
 *   url: 'file:/run/secrets/database-url'
 */
export default {
  database: {
    roles: { app: { name: 'simulations_app' } },
  },
} satisfies EnvironmentFile;
