import { defineTask, runTask } from '@opsgraph/kit';

export const listServiceAccounts = defineTask({
  name: 'users:list-service-accounts',
  summary: 'List service accounts with scopes, last use, expiry and what is about to end',
  effect: 'read',
  needs: 'database',
  sections: ['accounts'],
  graph: { reads: ['accounts'] },
  options: {
    within: { type: 'duration', default: '14d', description: 'A key that ends in this time is a finding' },
    check: { type: 'boolean', description: 'Exit with 1 when there are findings, for monitoring' },
  },
  examples: [
    {
      command: 'pnpm --filter users run list-service-accounts --check --within 7d',
      says: 'fails when a key ends within a week',
    },
  ],
  async run({ session, config, options }) {
    const { listServiceAccounts: list, reportServiceAccounts } = await import('@opsgraph/accounts');
    const { within, check } = options;
    return reportServiceAccounts(await list(session, { settings: config.accounts, within }), check);
  },
});

await runTask(listServiceAccounts, import.meta);
