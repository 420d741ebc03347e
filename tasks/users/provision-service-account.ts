import { defineTask, runTask } from '@opsgraph/kit';
import { account, secretOut } from './options.ts';

export const provisionServiceAccount = defineTask({
  name: 'users:provision-service-account',
  summary: 'Make a service account match its definition; a new one gets its first key',
  description:
    'Run again with the same definition, it changes nothing and makes no key. Other scopes or another expiry are shown and applied.',
  effect: 'write',
  needs: 'database',
  sections: ['accounts'],
  graph: { reads: ['schema'], writes: ['accounts'] },
  options: {
    name: account,
    scope: {
      type: 'list',
      required: true,
      value: 'SCOPE,…',
      description: 'What it may do (accounts.scopes has them all)',
    },
    expires: {
      type: 'duration',
      description: 'Lifetime of each of its keys; default: unchanged, or forever for a new account',
    },
    'never-expires': { type: 'boolean', description: 'Remove the expiry' },
    reinstate: { type: 'boolean', description: 'Reinstate it, with a new key, after it was revoked' },
    ...secretOut,
  },
  examples: [
    {
      command:
        'pnpm --filter users run provision-service-account --name importer --scope simulations:write --expires 90d',
      says: 'creates it and shows its key once',
    },
    {
      command:
        "pnpm --filter users run provision-service-account --name importer --scope simulations:write --sink 'cmd:vault kv put secret/importer key=-'",
      says: 'hands the key to a secret manager instead',
    },
  ],
  async run({ session, config, options, secrets, environmentName, dryRun }) {
    const { chooseDelivery, chooseLifetime, provisionServiceAccount: provision } = await import('@opsgraph/accounts');
    return provision(session, {
      settings: config.accounts,
      name: options.name,
      scopes: options.scope,
      lifetime: chooseLifetime(options.expires, options['never-expires']),
      delivery: chooseDelivery(options, secrets),
      reinstate: options.reinstate,
      environment: environmentName,
      dryRun,
    });
  },
});

await runTask(provisionServiceAccount, import.meta);
