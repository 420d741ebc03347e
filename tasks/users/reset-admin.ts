import { defineTask, runTask } from '@opsgraph/kit';
import { email, password, secretOut } from './options.ts';

export const resetAdmin = defineTask({
  name: 'users:reset-admin',
  summary: 'Give an administrator another password, or a one-time link to choose one',
  effect: 'write',
  needs: 'database',
  sections: ['accounts'],
  guard: {
    // The password there was.
    confirm: () => 'takes something away from',
  },
  graph: { reads: ['schema'], writes: ['accounts'] },
  options: { email, ...password, ...secretOut },
  examples: [
    {
      command: 'pnpm --filter users run reset-admin --email ana@example.org --password-from prompt',
      says: 'asks for the new password, twice and without showing it',
    },
  ],
  async run({ session, config, options, secrets, environmentName, dryRun }) {
    const { chooseCredential, resetAdministrator } = await import('@opsgraph/accounts');
    return resetAdministrator(session, {
      settings: config.accounts,
      email: options.email,
      credential: chooseCredential(options['password-from'], options, secrets),
      environment: environmentName,
      dryRun,
    });
  },
});

await runTask(resetAdmin, import.meta);
