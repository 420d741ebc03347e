import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';

export const repair = defineTask({
  name: 'migration:repair',
  summary: 'Show what is wrong with applied migrations, and resolve what is named',
  description:
    'Without options it shows edited, missing and half-done migrations with the difference to what was applied. The options change the ledger only, never the tables of a migration.',
  effect: 'write',
  needs: 'database',
  sections: ['migrations'],
  chapters: [migrations],
  guard: {
    isRead: ({ accept, forget, applied, pending, unlock }) =>
      !unlock && [accept, forget, applied, pending].every((names) => names.length === 0),
    confirm: ({ forget, pending, unlock }) =>
      forget.length > 0 || pending.length > 0 || unlock ? 'takes something away from' : undefined,
  },
  graph: { reads: ['migrations'], writes: ['schema'] },
  options: {
    accept: { type: 'list', value: 'MIGRATION', description: 'edited: the file as it is now is what the database has' },
    forget: { type: 'list', value: 'MIGRATION', description: 'missing: remove its record; what it made stays' },
    applied: { type: 'list', value: 'MIGRATION', description: 'half done: it was finished by hand' },
    pending: { type: 'list', value: 'MIGRATION', description: 'half done: it was undone by hand and should run again' },
    unlock: { type: 'boolean', description: 'remove the lock that a killed stock knex left' },
  },
  examples: [
    { command: 'pnpm --filter migration run repair', says: 'shows every difference and changes nothing' },
    {
      command: 'pnpm --filter migration run repair --accept 20250106090100_places',
      says: 'accepts the edited file as the applied one',
    },
  ],
  async run({ session, config, projectRoot, options, dryRun }) {
    const { repair: settle } = await import('@opsgraph/migrations/repair');
    const { reportRepair } = await import('@opsgraph/migrations/report');
    return reportRepair(await settle(session, { ...config.migrations, ...options, projectRoot, dryRun }), dryRun);
  },
});

await runTask(repair, import.meta);
