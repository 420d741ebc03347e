import type { EnvironmentFile } from '@opsgraph/config';

/** Your own machine: Opsgraph runs a PostgreSQL here. `npm start` sets it up. */
export default {
  sandbox: true,
  database: {
    embedded: { database: 'simulations', owner: 'simulations_owner' },
    roles: { app: { name: 'simulations_app' } },
  },
} satisfies EnvironmentFile;
