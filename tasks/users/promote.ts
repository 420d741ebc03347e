import { defineTask, runTask } from '@opsgraph/kit';
import { email } from './options.ts';

export const promote = defineTask({
  name: 'users:promote',
  summary: 'Make an ordinary user an administrator; the password stays',
  effect: 'write',
  needs: 'database',
  sections: ['accounts'],
  graph: { reads: ['schema'], writes: ['accounts'] },
  options: { email },
  examples: [
    {
      command: 'pnpm --filter users run promote --email ana@example.org',
      says: 'gives her the rights of an administrator',
    },
  ],
  async run({ session, config, options, environmentName, dryRun }) {
    const { promoteUser } = await import('@opsgraph/accounts');
    return promoteUser(session, {
      settings: config.accounts,
      email: options.email,
      environment: environmentName,
      dryRun,
    });
  },
});

await runTask(promote, import.meta);
