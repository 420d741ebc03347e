import { defineTask, runTask } from '@opsgraph/kit';

export const listUsers = defineTask({
  name: 'users:list-users',
  summary: 'List users: role, state, and whether the password hash is of full strength',
  effect: 'read',
  needs: 'database',
  sections: ['accounts'],
  graph: { reads: ['accounts'] },
  options: {
    administrators: { type: 'boolean', description: 'Only administrators' },
    limit: { type: 'number', min: 1, max: 100_000, integer: true, default: 100, description: 'How many to show' },
  },
  examples: [{ command: 'pnpm --filter users run list-users --administrators', says: 'shows who has all rights' }],
  async run({ session, config, options }) {
    const { listUsers: list, reportUsers } = await import('@opsgraph/accounts');
    const { administrators: administratorsOnly, limit } = options;
    return reportUsers(await list(session, { settings: config.accounts, administratorsOnly, limit }));
  },
});

await runTask(listUsers, import.meta);
