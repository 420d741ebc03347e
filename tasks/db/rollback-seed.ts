import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as seeds } from '@opsgraph/seeds/chapter';

export const rollbackSeed = defineTask({
  name: 'db:rollback-seed',
  summary: 'Undo exactly what the latest seed did',
  description:
    'Rows the seed inserted are deleted, rows it updated get their former values. Without --set it undoes everything from the latest run that has not been undone yet; called again, the run before. If a row was changed since, or other rows refer to it, nothing is undone; with --keep-changed such rows stay as they are and the rest is undone.',
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
    { command: 'pnpm --filter db run rollback-seed --dry-run', says: 'shows what would be undone' },
    { command: 'pnpm --filter db run rollback-seed --set simulations', says: 'undoes the latest load of one set' },
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
