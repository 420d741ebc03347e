import { defineTask, runTask } from '@opsgraph/kit';
import { account, secretOut } from './options.ts';

export const rotateServiceAccount = defineTask({
  name: 'users:rotate-service-account',
  summary: 'Issue a successor of a key; the old one works until the overlap is over',
  description: 'Also issues the first key of an account that has none. After a leak: --now.',
  effect: 'write',
  needs: 'database',
  sections: ['accounts'],
  guard: {
    confirm: ({ now }) => (now ? 'takes something away from' : undefined),
  },
  graph: { reads: ['schema'], writes: ['accounts'] },
  options: {
    name: account,
    overlap: { type: 'duration', default: '24h', description: 'How long the old key still works' },
    now: { type: 'boolean', description: 'End the old key at once' },
    ...secretOut,
  },
  examples: [
    {
      command: 'pnpm --filter users run rotate-service-account --name importer --overlap 24h',
      says: 'shows the new key once; both work for a day',
    },
    {
      command: 'pnpm --filter users run rotate-service-account --name importer --now --out importer.key',
      says: 'ends the old key at once and writes the new one to a file',
    },
  ],
  async run({ session, config, options, secrets, environmentName, dryRun }) {
    const { chooseDelivery, rotateServiceAccount: rotate } = await import('@opsgraph/accounts');
    return rotate(session, {
      settings: config.accounts,
      name: options.name,
      overlap: options.now ? 'now' : options.overlap,
      delivery: chooseDelivery(options, secrets),
      environment: environmentName,
      dryRun,
    });
  },
});

await runTask(rotateServiceAccount, import.meta);
