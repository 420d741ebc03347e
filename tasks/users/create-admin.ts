import { defineTask, runTask } from '@opsgraph/kit';
import { email, password, secretOut } from './options.ts';

export const createAdmin = defineTask({
  name: 'users:create-admin',
  summary: 'Create an administrator, unless there is one with this address',
  description:
    'The password is made here and shown once, or read from where you say. It is never an argument. An ordinary user with this address is left alone: promote makes this user an administrator.',
  effect: 'write',
  needs: 'database',
  sections: ['accounts'],
  graph: { reads: ['schema'], writes: ['accounts'] },
  options: { email, ...password, ...secretOut },
  examples: [
    {
      command: 'pnpm --filter users run create-admin --email ana@example.org',
      says: 'creates the account and shows its password once',
    },
    {
      command: 'pnpm --filter users run create-admin --email ana@example.org --password-from link',
      says: 'shows a one-time link to choose one instead',
    },
  ],
  async run({ session, config, options, secrets, environmentName, dryRun }) {
    const { chooseCredential, createAdministrator } = await import('@opsgraph/accounts');
    return createAdministrator(session, {
      settings: config.accounts,
      email: options.email,
      credential: chooseCredential(options['password-from'], options, secrets),
      environment: environmentName,
      dryRun,
    });
  },
});

await runTask(createAdmin, import.meta);
