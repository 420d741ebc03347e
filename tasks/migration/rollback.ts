import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';

export const rollback = defineTask({
  name: 'migration:rollback',
  summary: 'Roll back migrations, newest first',
  description:
    'One of --to, --steps and --all says how far; there is no default. Everything is checked before the first one is rolled back.',
  effect: 'destroy',
  needs: 'database',
  sections: ['migrations'],
  chapters: [migrations],
  graph: { reads: ['migrations'], writes: ['schema'] },
  options: {
    to: {
      type: 'string',
      value: 'MIGRATION',
      description: 'the last one to keep: everything applied after it is rolled back',
    },
    steps: { type: 'number', value: 'N', description: 'how many to roll back', integer: true, min: 1 },
    all: { type: 'boolean', description: 'all of them' },
  },
  examples: [
    { command: 'pnpm --filter migration run rollback --steps 1', says: 'rolls back the migration applied last' },
    {
      command: 'pnpm --filter migration run rollback --to 20250106090000_countries --dry-run',
      says: 'lists what was applied after countries',
    },
  ],
  async run({ session, config, projectRoot, options, dryRun, run, talk }) {
    const { rollback: takeBack } = await import('@opsgraph/migrations/rollback');
    const { reportRolledBack } = await import('@opsgraph/migrations/report');
    return reportRolledBack(
      await takeBack(session, { ...config.migrations, ...options, projectRoot, dryRun, run: run.id }),
      dryRun,
      talk.warn,
    );
  },
});

await runTask(rollback, import.meta);
