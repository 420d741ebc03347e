import { defineTask, runTask } from '@opsgraph/kit';
import { account } from './options.ts';

export const revokeServiceAccount = defineTask({
  name: 'users:revoke-service-account',
  summary: 'Revoke a service account with all its keys, or one key; no row is deleted',
  effect: 'destroy',
  needs: 'database',
  sections: ['accounts'],
  graph: { reads: ['schema'], writes: ['accounts'] },
  options: {
    name: account,
    key: {
      type: 'string',
      value: 'ID',
      // The whole key would be written into every record.
      longest: 10,
      description: 'Only this key, by the id that list-service-accounts shows',
    },
  },
  examples: [
    {
      command: 'pnpm --filter users run revoke-service-account --name importer',
      says: 'makes every key of it invalid, for good',
    },
  ],
  async run({ session, config, options, environmentName, dryRun }) {
    const { revokeServiceAccount: revoke } = await import('@opsgraph/accounts');
    return revoke(session, {
      settings: config.accounts,
      name: options.name,
      keyId: options.key,
      environment: environmentName,
      dryRun,
    });
  },
});

await runTask(revokeServiceAccount, import.meta);
