import { defineTask, runTask } from '@opsgraph/kit';

export const apply = defineTask({
  name: 'users:apply',
  summary: 'Make administrators and service accounts match the configuration',
  description:
    'The lists are accounts.administrators and accounts.serviceAccounts of config/<environment>.ts. What is not listed is reported; --prune disables or revokes it.',
  effect: 'write',
  needs: 'database',
  sections: ['accounts'],
  guard: {
    confirm: ({ prune }) => (prune ? 'takes something away from' : undefined),
  },
  graph: { after: ['db:seed'], reads: ['schema'], writes: ['accounts'] },
  options: { prune: { type: 'boolean', description: 'Disable or revoke what is not listed' } },
  examples: [
    { command: 'pnpm --filter users run apply --dry-run', says: 'shows the difference' },
    {
      command: 'pnpm --filter users run apply --env staging --prune --confirm staging',
      says: 'also disables or revokes what is not listed',
    },
  ],
  async run({ session, config, options, secrets, environmentName, dryRun }) {
    const { applyAccounts, deliveryTo } = await import('@opsgraph/accounts');
    return applyAccounts(session, {
      settings: config.accounts,
      deliveryTo: (sink) => deliveryTo(sink, secrets),
      prune: options.prune,
      environment: environmentName,
      dryRun,
    });
  },
});

await runTask(apply, import.meta);
