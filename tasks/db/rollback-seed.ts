import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as seeds } from '@opsgraph/seeds/chapter';

export const rollbackSeed = defineTask({
  name: 'db:rollback-seed',
  summary: 'Take back exactly what the latest seed did',
  description:
    'Rows the seed inserted are deleted, rows it updated get their former values. Without --set it takes back all that the run which seeded last did and that still stands; called again, the run before. A row that was changed since, or that other rows refer to, refuses the whole undo, unless --keep-changed leaves such rows as they are.',
  effect: 'destroy',
  needs: 'database',
  sections: ['seeds'],
  chapters: [seeds],
  graph: { reads: ['schema'], writes: ['rows'] },
  options: {
    set: { type: 'string', value: 'NAME', description: 'only the latest load of this data set' },
    'keep-changed': { type: 'boolean', description: 'leave and name rows that were changed since, and undo the rest' },
  },
  examples: [
    { command: 'pnpm --filter db run rollback-seed --dry-run', says: 'says what would be taken back' },
    { command: 'pnpm --filter db run rollback-seed --set simulations', says: 'takes back the latest load of one set' },
  ],
  async run({ session, config, options, dryRun, run }) {
    const { reportRolledBack, rollbackSeed: undo } = await import('@opsgraph/seeds');
    return reportRolledBack(
      await undo(session, {
        ...{ set: options.set, keepChanged: options['keep-changed'], dryRun, run },
        directory: config.seeds.directory,
      }),
      dryRun,
    );
  },
});

await runTask(rollbackSeed, import.meta);
