import { defineTask, runTask } from '@opsgraph/kit';
import { email } from './options.ts';

export const disable = defineTask({
  name: 'users:disable-user',
  summary: 'Disable a user; nothing is deleted, enable-user lets the user in again',
  effect: 'write',
  needs: 'database',
  sections: ['accounts'],
  guard: {
    confirm: () => 'takes something away from',
  },
  graph: { reads: ['schema'], writes: ['accounts'] },
  options: { email },
  examples: [{ command: 'pnpm --filter users run disable-user --email ana@example.org', says: 'disables her account' }],
  async run({ session, config, options, environmentName, dryRun }) {
    const { disableUser } = await import('@opsgraph/accounts');
    return disableUser(session, {
      settings: config.accounts,
      email: options.email,
      environment: environmentName,
      dryRun,
    });
  },
});

await runTask(disable, import.meta);
