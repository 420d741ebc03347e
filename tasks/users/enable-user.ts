import { defineTask, runTask } from '@opsgraph/kit';
import { email } from './options.ts';

export const enable = defineTask({
  name: 'users:enable-user',
  summary: 'Let a disabled user in again, with the password there was',
  effect: 'write',
  needs: 'database',
  sections: ['accounts'],
  graph: { reads: ['schema'], writes: ['accounts'] },
  options: { email },
  examples: [{ command: 'pnpm --filter users run enable-user --email ana@example.org', says: 'lets her in again' }],
  async run({ session, config, options, environmentName, dryRun }) {
    const { enableUser } = await import('@opsgraph/accounts');
    return enableUser(session, {
      settings: config.accounts,
      email: options.email,
      environment: environmentName,
      dryRun,
    });
  },
});

await runTask(enable, import.meta);
