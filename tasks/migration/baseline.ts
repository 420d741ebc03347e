import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';

export const baseline = defineTask({
  name: 'migration:baseline',
  summary: 'Record migrations as applied when the database already has what they make',
  description:
    'For a database that another tool has migrated so far. The migrations up to the one named run on an empty scratch database; everything they make there must be in the target; otherwise nothing is recorded. None of them runs on the target.',
  effect: 'write',
  needs: 'database',
  sections: ['migrations'],
  chapters: [migrations],
  graph: { reads: ['migrations'], writes: ['schema'] },
  options: {
    to: {
      type: 'string',
      value: 'MIGRATION',
      description: 'the last one whose work the database has already, with or without extension',
      required: true,
    },
    unchecked: { type: 'boolean', description: 'record without comparing' },
  },
  examples: [
    {
      command: 'pnpm --filter migration run baseline --to 20250203090000_users --dry-run',
      says: 'shows what would be recorded, and what the database lacks',
    },
  ],
  async run({ session, connection, config, projectRoot, options, dryRun, run, signal }) {
    const { baseline: takeOver } = await import('@opsgraph/migrations/baseline');
    const { reportBaseline } = await import('@opsgraph/migrations/report-checks');
    const { scratchBeside } = await import('./steps/scratch.ts');
    const appRole = config.database.roles.app?.name;
    const withScratch = scratchBeside({ connection, config, signal });
    const input = { ...config.migrations, appRole, ...options, projectRoot, withScratch, dryRun, run: run.id };
    return reportBaseline(await takeOver(session, input), dryRun);
  },
});

await runTask(baseline, import.meta);
