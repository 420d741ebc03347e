import { defineTask, runTask } from '@opsgraph/kit';
import { chapter as migrations } from '@opsgraph/migrations/chapter';

export const drift = defineTask({
  name: 'migration:drift',
  summary: 'Compare the live schema with what the applied migrations make',
  description:
    'The applied migrations run on an empty scratch database beside the target, in the order in which they were applied; what differs from the target is what somebody changed by hand: docs/schema-comparison.md says what counts.',
  effect: 'read',
  needs: 'database',
  sections: ['migrations'],
  chapters: [migrations],
  graph: { reads: ['migrations', 'schema'] },
  options: {},
  examples: [
    { command: 'pnpm --filter migration run drift', says: 'shows every difference; ends with 1 when there is one' },
  ],
  async run({ session, connection, config, projectRoot, signal }) {
    const { findDrift } = await import('@opsgraph/migrations/find-drift');
    const { reportDrift } = await import('@opsgraph/migrations/report-checks');
    const { scratchBeside } = await import('./steps/scratch.ts');
    const withScratch = scratchBeside({ connection, config, signal });
    return reportDrift(await findDrift(session, withScratch, { ...config.migrations, projectRoot }));
  },
});

await runTask(drift, import.meta);
